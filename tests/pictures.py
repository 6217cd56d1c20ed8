# ruff: noqa: T201  (it is a program for the terminal)
"""Pictures of the demo on the day of its design: six for the README (`make pictures`), and with `--every FOLDER` each
kind of page that a merchant's owner and a vendor's manager come to by links, in both themes and three widths.
"""

import argparse
import os
import re
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from PIL import Image
from playwright.sync_api import Browser, Error, Page, sync_playwright

from outsourcing.shared.postgres import Server
from outsourcing.shared.serving import free_port
from tests.running import CHROMIUM, Demo

FOLDER = Path(__file__).resolve().parent.parent / "static" / "pictures"
MOMENT = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
THEO, ROSA = "theo@juniperandpine.example", "rosa@juniperandpine.example"
IMOGEN = "imogen@palletandpost.example"
DESK, PHONE = {"width": 1360, "height": 900}, {"width": 390, "height": 844}
#: Name: whose page, how large, where it begins, and the link that leads on to it.
README = {
    "today": (THEO, DESK, "/", None),
    "needs": (THEO, DESK, "/needs/", None),
    "shortlist": (ROSA, DESK, "/briefs/", "UK pick and pack"),
    "contract": (THEO, DESK, "/contracts/", "Peak overflow and gift sets"),
    "conversation": (THEO, DESK, "/messages/?show=all", "Peak overflow and gift sets"),
    "portal": (IMOGEN, PHONE, "/", None),
}
WIDTHS = (390, 820, 1360)
#: Not pages, or the same for everybody.
LEFT_OUT = re.compile(r"/(accounts|static|staff|mailbox)/|\.(csv|xlsx|ics|pdf)$|/export/|/files/|/proofs/|/documents/")


@contextmanager
def device(browser: Browser, demo: Demo, email: str, **options: object) -> Iterator[Page]:
    """Somebody who is signed in."""
    with browser.new_context(base_url=demo.address, locale="en-GB", reduced_motion="reduce", **options) as context:
        page = context.new_page()
        page.goto("/accounts/login/")
        page.get_by_label("email", exact=False).fill(email)
        page.get_by_label("Password", exact=False).fill(re.search(r"password (\S+)", demo.log)[1])
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(re.compile(r"/$"))
        yield page


def small(picture: bytes) -> bytes:
    """The same in at most 256 colours: a third of the bytes."""
    out = BytesIO()
    Image.open(BytesIO(picture)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def for_the_readme(browser: Browser, demo: Demo) -> None:
    for name, (email, size, path, link) in README.items():
        is_phone = size is PHONE
        options = {"viewport": size, "is_mobile": is_phone, "has_touch": is_phone, "device_scale_factor": 1 + is_phone}
        with device(browser, demo, email, **options) as page:
            page.goto(path, wait_until="networkidle")
            if link:
                page.locator("main").get_by_role("link", name=re.compile(link)).first.click()
                page.wait_for_load_state("networkidle")
            made = small(page.screenshot())
            (FOLDER / f"{name}.png").write_bytes(made)
            print(f"{name}: {len(made) // 1024} KB of {page.url.removeprefix(demo.address)}")


def every_page(browser: Browser, demo: Demo, folder: Path) -> None:
    """One of each kind: two addresses that differ in numbers alone are the same."""
    folder.mkdir(parents=True, exist_ok=True)
    for email in (THEO, IMOGEN):
        with device(browser, demo, email) as page:
            todo, seen = ["/"], set()
            while todo:
                path = todo.pop(0)
                kind = re.sub(r"\d+", "N", path)
                if kind in seen:
                    continue
                seen.add(kind)
                try:
                    answer = page.goto(path)
                except Error:
                    continue  # a file to be saved
                if not (answer and answer.ok):
                    print(f"{path} answered {answer and answer.status}")
                    continue
                links = [urlsplit(urljoin(page.url, a.get_attribute("href"))) for a in page.locator("a[href]").all()]
                todo += [one.path for one in links if one.netloc == urlsplit(page.url).netloc]
                todo = [one for one in todo if not LEFT_OUT.search(one)]
                name = f"{email.partition('@')[0]} {kind.strip('/').replace('/', ' ') or 'home'}"
                for scheme in ("light", "dark"):
                    page.emulate_media(color_scheme=scheme)
                    for width in WIDTHS:
                        page.set_viewport_size({"width": width, "height": 900})
                        page.screenshot(path=folder / f"{name} {scheme} {width}.png", full_page=True)
        print(f"{email}: {len(seen)} kinds of pages")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=Path, metavar="FOLDER", help="each kind of page, into this folder")
    every = parser.parse_args().every
    if CHROMIUM is None:
        raise SystemExit("There is no Chromium on this machine: install it to take pictures.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        demo = Demo(Path(folder) / "var", free_port())
        try:
            demo.start(MOMENT)
            sandbox = [] if os.geteuid() else ["--no-sandbox"]  # Chromium refuses its sandbox to root
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*sandbox, "--disable-sync"])
            every_page(browser, demo, every) if every else for_the_readme(browser, demo)
            browser.close()
        finally:
            if demo.process and demo.process.poll() is None:
                demo.end(signal.SIGINT)
            Server(demo.var / "demo" / "postgres").remove()


if __name__ == "__main__":
    main()
