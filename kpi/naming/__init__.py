"""Commands about the names of campaigns: renaming, aliases, archiving and merging, tried out before they are done."""
