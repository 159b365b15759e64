"""Campaign names: one spelling for matching, whatever script, case or emoji they were typed in."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from unicodedata import category

from anyascii import anyascii

LONGEST = 80
"""Characters of a slug."""


@lru_cache(maxsize=4096)
def slug_of(name: str) -> str:
    """Return the name in lower-case ASCII words joined by hyphens: ``Été 🔥`` is ``ete-fire``.

    Two spellings of one name have one slug, so it is also the key that names are matched by. A name without a single
    letter or digit gets one from its hash, and one that is too long keeps its beginning and the hash of the whole.
    """
    slug = "-".join(re.findall(r"[a-z0-9]+", anyascii(name).lower().replace("'", "")))
    if len(slug) > LONGEST:
        return f"{slug[: LONGEST - 9].strip('-')}-{_hash(slug)}"
    return slug or f"campaign-{_hash(' '.join(name.split()))}"


def is_printable(text: str) -> bool:
    """Tell whether every database and every screen can hold the text: no control characters, no half characters."""
    return not any(category(sign) in ("Cc", "Cs") for sign in text)


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
