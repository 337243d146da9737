"""Headless Chromium with the network off, for the tests of pages."""

import os
import shutil
import warnings
from contextlib import contextmanager

import pytest

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
DRIVER = shutil.which("chromedriver")

CONTRAST = """
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => {
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const [x, y, z] = [r, g, b].map((v) => linear(v / 255));
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const over = (top, under) => {
  const a = top[3] ?? 1;
  return [0, 1, 2].map((i) => a * top[i] + (1 - a) * under[i]);
};
const ground = (node) => {
  const layers = [];
  for (let at = node; at; at = at.parentElement)
    layers.push(parse(getComputedStyle(at).backgroundColor));
  return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
};
document.querySelectorAll("details").forEach((node) => { node.open = true; });
const low = [];
let seen = 0;
for (const node of document.querySelectorAll("body *")) {
  const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  if (!own || node.closest("script, style, title") || !node.getClientRects().length) continue;
  const style = getComputedStyle(node);
  const svg = node instanceof SVGElement, size = parseFloat(style.fontSize);
  const heavy = parseInt(style.fontWeight, 10) >= 700;
  const behind = ground(node), ink = over(parse(svg ? style.fill : style.color), behind);
  const [a, b] = [light(ink), light(behind)].sort((x, y) => y - x);
  const needed = size >= 24 || (size >= 18.66 && heavy) ? 3 : 4.5;
  seen += 1;
  const contrast = (a + 0.05) / (b + 0.05), kind = node.className.baseVal ?? node.className;
  if (contrast < needed) low.push([node.tagName, kind, node.textContent.slice(0, 40), contrast]);
}
return {seen, low: low.slice(0, 20)};
"""
"""Opens all details, and gives the texts whose contrast is below AA."""


@contextmanager
def chromium(profile):
    """A browser with an empty profile; skips the test where there is none."""
    webdriver = pytest.importorskip(
        "selenium.webdriver", reason="selenium is not installed (pip install -e .[dev])"
    )
    if not CHROMIUM or not DRIVER:
        pytest.skip(
            "chromium or chromedriver is not installed (apt-get install chromium chromium-driver)"
        )
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--host-resolver-rules=MAP * ~NOTFOUND",
    ):
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={profile}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(DRIVER, env=os.environ | {"HOME": str(profile)})
    driver = webdriver.Chrome(options=options, service=service)
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd(
        "Network.emulateNetworkConditions",
        {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0},
    )
    yield driver
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        driver.quit()


def opened(browser, page, *, width=1280, dark=False):
    """The browser with a file open, in a window of that width."""
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(page.as_uri())
    return browser


def text(browser, selector):
    return browser.execute_script(
        "return document.querySelector(arguments[0]).textContent", selector
    )


def click(browser, selector):
    browser.execute_script("document.querySelector(arguments[0]).click()", selector)


def said_and_loaded(browser):
    """What a page wrote to the console, and the names of what it loaded."""
    names = "return performance.getEntriesByType('resource').map(each => each.name)"
    return browser.get_log("browser"), browser.execute_script(names)
