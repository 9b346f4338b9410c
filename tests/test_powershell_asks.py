"""What the module does for the worker that asks it for something, and while it waits for the worker."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from shells import Azure, Shell

#: What is returned by another computer, and what text that is.
TEXTS = {
    "'plain'": "plain",
    "''": "",
    '"two`nlines"': "two\nlines",
    '"end`n"': "end\n",
    "'\"}'": '"}',
    "[string][char]0x20AC": "\u20ac",
}

#: What is returned, which members of it are wanted, and whether it is too much.
SIZES = [
    ("'x' * 9000000", "$null", False),
    ("'x' * 9000001", "$null", True),
    ("[string][char]0x20AC * 3000001", "$null", True),
    ("[pscustomobject]@{ ClientId = 'x' * 65536 }", "@('ClientId')", False),
    ("[pscustomobject]@{ ClientId = 'x' * 65537 }", "@('ClientId')", True),
    ("[pscustomobject]@{ ClientId = 'x'; Other = 'x' * 65537 }", "@('ClientId')", False),
]


def answers(shell: Shell, azure: Azure, folder: Path, show: str, *cases: tuple[str, str]) -> list[str]:
    """What PowerShell shows of the answer ($text) to each value that is returned, and the members wanted of it."""
    each = "\n".join(f"Show ({value}) {members}" for value, members in cases)
    script = f"""
    $null = Get-MsiResourceId
    & (Get-Module PyBridge) {{
        . "$($ExecutionContext.SessionState.Module.ModuleBase)/Core/Sessions.ps1"
        function Show($Value, $Members) {{
            $ask = @{{ Output = @(, $Value); Members = $Members; Answer = $null }}
            Set-PyBridgeAnswer $ask
            $text = $ask.Answer
            {show}
        }}
        {each}
    }}
    """
    run = shell.run(script, azure.environ, folder=folder)
    assert (run.stderr, run.code) == ("", 0)
    return run.stdout.splitlines()


def test_a_text_is_one_line_of_json(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    """A host may return anything; no text of it becomes a frame of its own."""
    said = answers(shell, azure, tmp_path, "$text", *((value, "$null") for value in TEXTS))
    found = [json.loads(line) for line in said]
    texts = [each["text"] if "text" in each else base64.b64decode(each["base64"]).decode() for each in found]
    assert texts == list(TEXTS.values())
    assert "".join(said).isascii()


def test_more_than_an_answer_could_be_is_none(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    """The worker would end with a longer line, and with it all calls of the session."""
    said = answers(shell, azure, tmp_path, "$null -eq $text", *(case[:2] for case in SIZES))
    assert said == [str(is_none) for _, _, is_none in SIZES]


def test_a_patience_is_as_long_as_it_says(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    """Though the worker says other things meanwhile, each of which ends a wait."""
    azure.emulator.fail("/metadata/identity", delay=60, times=1)
    script = """
    $null = Get-MsiResourceId
    & (Get-Module PyBridge) {
        $call = Start-PyBridgeCall $script:Worker 'get_token' @{ source = 'imds' }
        $call.Patience = 700
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        # What is asked for by the worker has handles, and these are always set.
        $done = [System.Threading.ManualResetEvent]::new($true)
        . "$($ExecutionContext.SessionState.Module.ModuleBase)/Core/Sessions.ps1"
        foreach ($i in 1..9) {
            $script:Worker.Asks.Add(@{
                    Handle = [pscustomobject]@{ AsyncWaitHandle = $done; IsCompleted = $false }
                    Clock = $clock; Ends = [timespan]::FromHours(1); Output = @(); Call = 0
                })
        }
        $null -eq (Receive-PyBridgeFrame $call)
        $script:Worker.Asks.Clear()
        Send-PyBridgeCancel $call
        $clock.ElapsedMilliseconds -ge 700
    }
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert (run.stderr, run.lines) == ("", ["True", "True"])
