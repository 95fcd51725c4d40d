"""Which Chromium opens the pages, and how one gets onto a machine that has none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MISSING = "no Chromium here, so no page is opened: install chromium, or run playwright install chromium"


def found(playwright):
    """The path of a Chromium: the machine's, or one that playwright has fetched; None without any."""
    own = Path(playwright.chromium.executable_path)
    named = next(filter(None, map(shutil.which, NAMES)), None)
    return named or (str(own) if own.is_file() else None)


def ways():
    """How a Chromium may be had: from the distribution where we may install, else fetched by playwright."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        yield ["sh", "-c", "apt-get --quiet update && apt-get install --yes --no-install-recommends chromium"]
    yield [sys.executable, "-m", "playwright", "install", "chromium"]


def install():
    """Try each way until there is a Chromium; whether there is one."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        if found(playwright):
            return True
    for command in ways():
        done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if done.returncode == 0:
            return True
    return False


if __name__ == "__main__":
    if not install():
        print(MISSING, file=sys.stderr)
