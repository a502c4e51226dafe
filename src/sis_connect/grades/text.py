"""Texts of the LMS as a SIS can keep them: on one line, without markup and control characters, and cut with sense.

Pure. Lengths are in characters. Not here: titles that differ from each other (`titles`).
"""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser
from typing import Final

#: In ASCII, as nothing says what else a SIS can show.
ELLIPSIS: Final = "..."
#: What an editor of web pages writes; any other `<` is one that the teacher typed.
_TAGS: Final = [
    "a",
    "abbr",
    "article",
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "li",
    "link",
    "mark",
    "math",
    "meta",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "script",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "video",
]
_TYPED = re.compile(rf"<(?!/?(?:{'|'.join(_TAGS)})\b[^<]*>|!--)", re.IGNORECASE)
_INLINE: Final = frozenset(
    [
        "a",
        "abbr",
        "b",
        "big",
        "cite",
        "code",
        "del",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "var",
    ]
)
#: Control characters, marks of format, and halves of characters, which no JSON in UTF-8 can carry.
_INVISIBLE: Final = frozenset(("Cc", "Cf", "Cs"))
_UNSEEN: Final = frozenset(("script", "style", "head", "title", "svg", "math"))


def plain_text(markup: str) -> str:
    """What a reader of the markup would read, on one line."""
    # What nothing ends is no comment; the parser would look for its end again at every one.
    end = markup.rfind("-->") + 1
    markup = markup[:end] + markup[end:].replace("<!--", "&lt;!--")
    reader = _Reader()
    reader.feed(_TYPED.sub("&lt;", markup))
    reader.close()
    return one_line("".join(reader.pieces))


def one_line(text: str) -> str:
    """The text without control and invisible characters, and with single blanks; composed, so that it counts right."""
    spaced = re.sub(r"\s", " ", text)
    seen = "".join(each for each in spaced if unicodedata.category(each) not in _INVISIBLE)
    return re.sub(r" +", " ", unicodedata.normalize("NFC", seen)).strip()


def cut(text: str, length: int | None) -> str:
    """The text in `length` characters at most: cut after a word, with an ellipsis; None leaves it as it is."""
    if length is None or len(text) <= length:
        return text
    if length <= len(ELLIPSIS):
        return text[: max(length, 0)].rstrip()
    head = text[: length - len(ELLIPSIS)]
    if not text[len(head)].isspace():
        # A word longer than half of what there is would leave too little.
        whole = head.rpartition(" ")[0]
        head = whole if len(whole) * 2 > len(head) else head
    return head.rstrip() + ELLIPSIS


class _Reader(HTMLParser):
    """Collects the text between tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._unseen += tag in _UNSEEN
        self._part(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        self._part(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(data)

    def _part(self, tag: str) -> None:
        if tag not in _INLINE:
            self.pieces.append(" ")
