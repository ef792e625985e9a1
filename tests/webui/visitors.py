"""A page client: it visits pages, fills in their forms, and checks every page it is given."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

from flask.testing import FlaskClient
from lxml import html
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
#: Controls that say by themselves what they are for.
SPEAKING = frozenset({"hidden", "submit", "button"})

Node = html.HtmlElement
Filled = str | list[str]
#: Of every demo account.
PASSWORD = "wenzheng-demo"


class _Balance(HTMLParser):
    """Complains when tags do not close in the order they were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.complaints: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        twice = [name for name, times in Counter(name for name, _value in attrs).items() if times > 1]
        if twice:
            self.complaints.append(f"<{tag}> at {self.getpos()} says {twice} twice")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.complaints.append(f"</{tag}> at {self.getpos()} closes nothing")


class Page:
    """A page as it came, checked."""

    def __init__(self, response: TestResponse, *, fragment: bool = False) -> None:
        self.response, self.status, self.source = response, response.status_code, response.text
        self.address = response.request.full_path.rstrip("?")
        self.tree: Node = html.fromstring(self.source, base_url=self.address)
        problems = list(self._problems(fragment=fragment))
        assert not problems, f"{self.address}: {problems}"

    def _problems(self, *, fragment: bool) -> list[str]:
        balance = _Balance()
        balance.feed(self.source)
        found = balance.complaints + [f"<{tag}> is never closed" for tag in balance.open]
        ids = Counter(self.tree.xpath("//@id"))
        found += [f"id {name} is used {times} times" for name, times in ids.items() if times > 1]
        found += [f"inline script or style: {html.tostring(each)[:80]!r}" for each in self._inline()]
        found += [f"no label: {html.tostring(each)[:120]!r}" for each in self._unlabelled()]
        found += [f"no token in the form to {form.get('action')}" for form in self._unprotected()]
        found += [f"reference to nowhere: {name}" for name in self._dangling(set(ids))]
        if not fragment:
            found += self._frame_problems()
        return found

    def _frame_problems(self) -> list[str]:
        found = [] if self.source.lstrip().lower().startswith("<!doctype html>") else ["no doctype"]
        found += [] if len(self.tree.xpath("//h1")) == 1 else [f"{len(self.tree.xpath('//h1'))} h1"]
        found += [] if self.tree.findtext(".//title", "").strip(" ·") else ["no title"]
        found += [] if self.tree.get("lang") in {"zh-CN", "en"} else ["no language"]
        found += [] if len(self.tree.xpath("//main")) == 1 else ["no main"]
        policy = self.response.headers.get("Content-Security-Policy", "")
        return found + ([] if "script-src 'self'" in policy and "style-src 'self'" in policy else ["no policy"])

    def _inline(self) -> list[Node]:
        handlers = "//*[@*[starts-with(name(), 'on')]]"
        return self.tree.xpath(f"//script[not(@src)] | //style | //*[@style] | {handlers}")

    def _unlabelled(self) -> list[Node]:
        labelled = set(self.tree.xpath("//label/@for"))
        return [
            each
            for each in self.tree.xpath("//input | //select | //textarea")
            if each.get("type") not in SPEAKING
            and each.get("id") not in labelled
            and not each.get("aria-label")
            and not each.xpath("ancestor::label")
        ]

    def _unprotected(self) -> list[Node]:
        forms = self.tree.xpath("//form[translate(@method, 'POST', 'post')='post']")
        return [form for form in forms if not form.xpath(".//input[@name='csrf_token' and string(@value)]")]

    def _dangling(self, ids: set[str]) -> list[str]:
        named = [*self.tree.xpath("//@aria-labelledby"), *self.tree.xpath("//@aria-describedby")]
        named += [*self.tree.xpath("//label/@for"), *self.tree.xpath("//@aria-controls")]
        named += [href[1:] for href in self.tree.xpath("//a/@href") if href.startswith("#")]
        return [name for each in named for name in each.split() if name not in ids]

    @property
    def heading(self) -> str:
        return read(self.tree.find(".//h1"))

    @property
    def text(self) -> str:
        """What one reads on the page, without the list of choices."""
        tree = html.fromstring(self.source)
        for each in tree.xpath("//option | //head | //footer"):
            each.drop_tree()
        return read(tree)

    def texts(self, path: str) -> list[str]:
        """Return the texts of what an XPath finds."""
        return [read(each) for each in self.tree.xpath(path)]

    def form(self, action: str) -> Node:
        """Return the form whose action ends with ``action``."""
        [form] = [each for each in self.tree.xpath("//form") if (each.get("action") or "").endswith(action)]
        return form

    def links(self, text: str) -> list[str]:
        """Return where the links with this text lead."""
        return [each.get("href") for each in self.tree.xpath("//a") if text in read(each)]


def read(node: Node) -> str:
    """Return the text of a node, its parts set apart as one sees them."""
    return " ".join(" ".join(node.itertext()).split())


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(self, client: FlaskClient, *, language: str = "zh") -> None:
        self.client = client
        client.set_cookie("language", language)

    def get(self, address: str, *, status: int = 200, fragment: bool = False) -> Page:
        headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/desk"} if fragment else {}
        return self._page(self.client.get(address, headers=headers, follow_redirects=True), status, fragment=fragment)

    def send(self, form: Node, *, status: int = 200, **filled: Filled) -> Page:
        """Send a form as a browser does: with everything it holds, what is named here changed."""
        # HTML drops the first line break of a text area; the parser here does not.
        areas = set(form.xpath(".//textarea/@name"))
        fields = [(name, value.removeprefix("\n") if name in areas else value) for name, value in form.form_values()]
        known = {each.get("name") for each in form.xpath(".//*[@name]")}
        assert set(filled) <= known, f"{set(filled) - known} is not in the form, which has {known}"
        data = MultiDict([(name, value) for name, value in fields if name not in filled])
        for name, value in filled.items():
            data.setlist(name, value if isinstance(value, list) else [value])
        method = (form.get("method") or "get").upper()
        sent = {"data": data} if method == "POST" else {"query_string": data}
        address = form.get("action") or form.base_url.partition("?")[0]
        response = self.client.open(address, method=method, follow_redirects=True, **sent)
        return self._page(response, status)

    def sign_in(self, username: str, password: str = PASSWORD) -> Page:
        form = self.get("/sign-in").form("/sign-in")
        return self.send(form, username=username, password=password)

    def task(self, number: str, name: str) -> Node:
        """Return the form of the open task ``name`` on the page of a case."""
        page = self.get(f"/cases/{number}")
        found = [
            each for each in page.tree.xpath("//section[contains(@class, 'task')]") if name == each.findtext(".//h2")
        ]
        assert found, f"no task {name}: {page.text}"
        [form] = found[0].xpath(".//form[contains(@action, '/cases/')]")
        return form

    @staticmethod
    def _page(response: TestResponse, status: int, *, fragment: bool = False) -> Page:
        assert response.status_code == status, f"{response.status_code} {response.request.path}: {response.text}"
        return Page(response, fragment=fragment)
