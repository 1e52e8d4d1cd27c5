"""Pictures of the desk's pages at 360 and 1280 pixels: `desk_pictures.py ORIGIN ACCOUNT PASSWORD FOLDER NAME=PATH…`.

Exits 1 when a page is wider than the window, which on a telephone hides what stands at its right.
"""

import sys

from playwright.sync_api import sync_playwright


def main(origin: str, account: str, password: str, folder: str, pages: list[str]) -> int:
    wide = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for width, height in ((360, 780), (1280, 900)):
            context = browser.new_context(ignore_https_errors=True, viewport={"width": width, "height": height}, locale="nl-NL")
            page = context.new_page()
            page.goto(origin + "/sign-in")
            page.fill("#account", account)
            page.fill("#password", password)
            page.click("main button")
            page.wait_for_url(lambda url: "sign-in" not in url)
            for named in pages:
                name, path = named.split("=", 1)
                if path == "share-check":
                    page.check("input[name=article] >> nth=0")
                    for box in page.query_selector_all("input[name=subject], input[name=field]"):
                        box.check()
                    page.click("main form button")
                else:
                    page.goto(origin + path)
                page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
                if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                    wide.append(f"{name} at {width}")
            context.close()
        browser.close()
    if wide:
        print("wider than the window: " + ", ".join(wide), file=sys.stderr)
    return 1 if wide else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5], sys.argv[5:]))
