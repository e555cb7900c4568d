"""Which direction of finding a question asks for."""

from __future__ import annotations

import re

from peelqa.findings import Finding


def asks_for_finding(question: str) -> Finding | None:
    """Return the direction of finding that a question asks for ("what concerns ...", "... good at"), or None."""
    plain = question.casefold()
    concern = re.search(
        r"\b(?:concern\w*|weak\w*|problem\w*|fail\w*|poor\w*|criticis\w+|worr\w+|shortcoming\w*|gone wrong|going wrong|wrong with"
        r"|improve(?:ment)?s?\b(?!.*\b(?:made|since)\b)|do better|issues?|bad(?:ly)?|struggl\w+|worst)\b",
        plain,
    )
    strength = re.search(
        r"\b(?:good at|strengths?|strong|praise\w*|do(?:es|ing)? well|done well|best|success\w*|positive|impress\w*|commend\w*"
        r"|works well|working well)\b",
        plain,
    )
    if bool(concern) == bool(strength):
        return None
    return Finding.CONCERN if concern else Finding.STRENGTH
