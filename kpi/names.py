"""Campaign names: one spelling for matching, whatever script, case or emoji they were typed in."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256

from anyascii import anyascii

LONGEST = 80
"""Characters of a slug."""


@lru_cache(maxsize=4096)
def slug_of(name: str) -> str:
    """Return the name in lower-case ASCII words joined by hyphens: ``Été 🔥`` is ``ete-fire``.

    Two spellings of one name have one slug, so it is also the key that names are matched by. A name without a single
    letter or digit gets one from its hash.
    """
    words = re.findall(r"[a-z0-9]+", anyascii(name).lower().replace("'", ""))
    slug = "-".join(words)[:LONGEST].strip("-")
    return slug or f"campaign-{sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"


def is_printable(text: str) -> bool:
    """Tell whether every database and every screen can hold the text: no control characters, no half characters."""
    return not any(ord(sign) < 32 or ord(sign) == 127 or "\ud800" <= sign <= "\udfff" for sign in text)  # noqa: PLR2004
