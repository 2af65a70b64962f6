"""T1 by the official Node SDK, installed by npm into a folder of its own, where node is present."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.sandbox.streams.socket_server import SocketServer
from tests.sdk.conftest import customer
from tests.sdk.test_python_calls import document

pytestmark = pytest.mark.stack
PLIVO = "plivo@4.79.0"
HERE = Path(__file__).parent / "node"
STEPS = (
    *("account", "subaccounts", "applications", "endpoints", "numbers", "calls", "liveCalls"),
    *(
        "queuedCalls",
        "streams",
        "ownNumbers",
        "recordings",
        "messages",
        "callerIds",
        "verifySessions",
        "pricing",
        "lookup",
        "token",
    ),
    *("feedback", "refusals", "leave"),
)


@pytest.fixture(scope="module")
def outcome(sdk_stack, answers, tmp_path_factory) -> dict[str, dict]:
    """What each step of `drive.js` saw."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed")
    folder = tmp_path_factory.mktemp("node")
    words = ["npm", "install", "--no-audit", "--no-fund", "--silent", PLIVO]
    subprocess.run(words, cwd=folder, check=True, timeout=900)
    shutil.copy(HERE / "drive.js", folder / "drive.js")
    from plivo import plivoxml

    answers.answers["/hello/"] = lambda _: document(plivoxml.SpeakElement("Hello"))
    answers.answers["/wait/"] = lambda _: document(plivoxml.WaitElement(length=3600))
    who = customer(sdk_stack, "node")
    env = os.environ | {
        "BASE": sdk_stack.url,
        "ANSWERS": answers.url,
        "PLIVO_AUTH_ID": who.auth_id,
        "PLIVO_AUTH_TOKEN": who.token,
    }
    with SocketServer() as bot:
        env["BOT"] = bot.url
        done = subprocess.run(
            ["node", "drive.js"], cwd=folder, env=env, capture_output=True, text=True, timeout=900
        )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, done.stderr
    return {line["step"]: line for line in lines}


@pytest.mark.parametrize("step", STEPS)
def test_the_node_sdk_does(step, outcome):
    assert outcome[step]["ok"], outcome[step]
