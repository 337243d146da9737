"""A page as a browser would see it: elements, attributes, texts."""

from html.parser import HTMLParser

EMPTY = {"meta", "link", "br"}


class Page(HTMLParser):
    """`elements` as (tag, attributes), `sections` as texts by id, `everything` as one text."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.sections, self.everything = [], [], {}, ""
        self._section = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)
        if tag == "section":
            self._section = dict(attrs)["id"]

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag == "section":
            self._section = ""

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.everything += data
            self.sections[self._section] = self.sections.get(self._section, "") + data

    def tags(self, name):
        return [attributes for tag, attributes in self.elements if tag == name]
