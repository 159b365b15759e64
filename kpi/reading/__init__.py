"""From typed words to a question: names, KPIs, periods and scopes, in four languages, forgiving and never guessing."""
