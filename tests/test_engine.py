"""The engine host (tests/engine): command line, exit codes and stand-ins, held against what pwsh does.

Skipped where it is not built; `make test` builds it where the .NET SDK is.
"""

from __future__ import annotations

import base64
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

BIN = Path(__file__).parent / "engine" / "bin"


def _engine() -> list[str] | None:
    """The command that starts the host, if it is built."""
    program = BIN / ("engine.exe" if sys.platform == "win32" else "engine")
    if program.is_file():
        return [str(program)]
    library = BIN / "engine.dll"
    dotnet = shutil.which("dotnet")
    return [dotnet, str(library)] if dotnet and library.is_file() else None


ENGINE = _engine()

pytestmark = pytest.mark.skipif(
    ENGINE is None,
    reason="the engine host is not built: "
    + ("run make test" if shutil.which("dotnet") else "no .NET SDK (dotnet) on PATH"),
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    scripts = {
        "exit3.ps1": "exit 3",
        "throw.ps1": 'throw "boom"',
        "error.ps1": '"x"; Write-Error e1',
        "native.ps1": f'& "{sys.executable}" -c "raise SystemExit(7)"',
        "code.ps1": f'& "{sys.executable}" -c "raise SystemExit(7)"; exit $LASTEXITCODE',
        "broken.ps1": "if (1) {",
        "need.ps1": 'param([Parameter(Mandatory)]$Need) "n=$Need"',
        "args.ps1": 'param($a, [switch]$s, [Parameter(ValueFromRemainingArguments)]$rest) "a=$a s=$s rest=$rest"',
    }
    for name, text in scripts.items():
        (tmp_path / name).write_text(text + "\n", encoding="ascii")
    return tmp_path


def run(home: Path, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    assert ENGINE is not None
    return subprocess.run(
        [*ENGINE, *arguments],
        cwd=home,
        env=environment(home),
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )


def environment(home: Path) -> dict[str, str]:
    """Without NO_COLOR: there are no colours in any case."""
    environ = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    return {**environ, "PSModulePath": str(home / "modules")}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-16-le")).decode("ascii")


@pytest.mark.parametrize(
    ("arguments", "code", "output", "error"),
    [
        (["-NoProfile", "-Command", "exit", "3"], 3, "", ""),
        (["-nop", "-c", "1,2 | % { $_ }"], 0, "1\n2\n", ""),
        (["-Command", "throw 'x'"], 1, "", "Exception: x"),
        (["-Command", "Write-Error bad"], 1, "", "Write-Error: bad"),
        (["-Command", "Write-Error bad; 1"], 0, "1\n", "Write-Error: bad"),
        (["-Command", "Get-Nothing"], 1, "", "The term 'Get-Nothing' is not recognized"),
        (["-Command", "if (1) {"], 1, "", "Missing closing '}'"),
        (["-Command", "1 -NoProfile"], 1, "", "Unexpected token '-NoProfile'"),
        (["-Command", "./exit3.ps1"], 1, "", ""),
        (["-Command", "& ./exit3.ps1; 'after'"], 0, "after\n", ""),
        (["-Command", "& { exit 4 }"], 4, "", ""),
        (["-Command"], 64, "", "-Command"),
        (["-EncodedCommand", encoded("exit 5")], 5, "", ""),
        (["-e", encoded("'\u00e9'")], 0, "\u00e9\n", ""),
        (["-EncodedCommand", "!!!"], 64, "", "Base64"),
        (["-File", "exit3.ps1"], 3, "", ""),
        (["-File", "throw.ps1"], 1, "", "boom"),
        (["-File", "error.ps1"], 0, "x\n", "e1"),
        (["-File", "native.ps1"], 0, "", ""),
        (["-File", "code.ps1"], 7, "", ""),
        (["-File", "broken.ps1"], 1, "", "Missing closing '}'"),
        (["-File", "missing.ps1"], 64, "", "'missing.ps1' is not recognized as the name of a script file"),
        (["-NonInteractive", "-File", "need.ps1"], 1, "", "missing mandatory parameters: Need"),
        (["args.ps1", "-a", "2"], 0, "a=2 s=False rest=\n", ""),
        (
            ["-noni", "-nologo", "-ex", "Bypass", "-f", "args.ps1", "-s", "-a:1", "x", "y"],
            0,
            "a=1 s=True rest=x y\n",
            "",
        ),
        (["-File", "args.ps1", "-s:$false", "-a", "b c"], 0, "a=b c s=False rest=\n", ""),
        (["-Frobnicate"], 64, "", "-Frobnicate"),
    ],
)
def test_command_line(home: Path, arguments: list[str], code: int, output: str, error: str) -> None:
    result = run(home, *arguments)
    assert (result.returncode, result.stdout) == (code, output), result.stderr
    assert error in result.stderr
    assert bool(error) == bool(result.stderr)


@pytest.mark.parametrize(
    ("stdin", "code", "output"),
    [
        ("1+1\n2+2", 0, "2\n4\n"),
        ('throw "x"\n"after"\n', 0, "after\n"),
        ('"a"\nexit 6\n"b"\n', 6, "a\n"),
        ('if (1) {\n"a"\n}\n\n"b"\n', 0, "a\nb\n"),
        ("Get-Nothing\n", 1, ""),
        ("if (1) {\n", 1, ""),
    ],
)
def test_commands_from_stdin(home: Path, stdin: str, code: int, output: str) -> None:
    result = run(home, "-Command", "-", stdin=stdin)
    assert (result.returncode, result.stdout) == (code, output), result.stderr


# Each command and what it prints.
STAND_INS = [
    ("echo a b", "a\nb\n"),
    ('\'{"a":[1,{"b":null}]}\' | ConvertFrom-Json | ConvertTo-Json -Compress', '{"a":[1,{"b":null}]}\n'),
    ('(\'{"t":"2017-11-29T14:02:23Z"}\' | ConvertFrom-Json).t.GetType().Name', "DateTime\n"),
    ('(\'{"t":"1511964143"}\' | ConvertFrom-Json).t.GetType().Name', "String\n"),
    ("('[1,2]' | ConvertFrom-Json).Count", "2\n"),
    ('(\'{"a":1,"a":2}\' | ConvertFrom-Json).a', "2\n"),
    (
        "try { '{\"\":1}' | ConvertFrom-Json } catch { $_.FullyQualifiedErrorId }",
        "EmptyKeyInJsonString,Microsoft.PowerShell.Commands.ConvertFromJsonCommand\n",
    ),
    (
        "ConvertTo-Json ([ordered]@{ d = [datetime]'2020-01-02'; n = $null }) -Compress",
        '{"d":"2020-01-02T00:00:00","n":null}\n',
    ),
    ('1..5 | ForEach-Object { [Console]::WriteLine("make $_"); $_ } | Select-Object -First 1', "make 1\n1\n"),
    ("3,1,2 | sort-object -Descending", "3\n2\n1\n"),
    ("(1,2,3 | measure -Sum).Sum", "6\n"),
    ("(New-Object 'System.Collections.Generic.List[string]').Count", "0\n"),
    ("ConvertFrom-SecureString (ConvertTo-SecureString 'p' -AsPlainText -Force) -AsPlainText", "p\n"),
    ("Set-Content c.txt 'a','b'; (Get-Content c.txt).Count; Remove-Item c.txt; Test-Path c.txt", "2\nFalse\n"),
    ("@{ a = @{ b = 1 } } | Export-Clixml x.xml; (Import-Clixml x.xml).a.b", "1\n"),
    ("$env:X = 'v'; (Get-ChildItem Env:X).Value", "v\n"),
    ("[pscustomobject]@{ A = 1 } | Format-List | Out-String -Stream | Where-Object { $_ }", "A : 1\n"),
    ("Write-Warning w; Write-Host h; Write-Verbose v -Verbose; Write-Progress p", "WARNING: w\nh\nVERBOSE: v\n"),
    (
        "function F { [CmdletBinding()]param() Write-Error m -ErrorId X.Y -Category ObjectNotFound }\n"
        "F -ErrorAction SilentlyContinue -ErrorVariable e; $e[0].FullyQualifiedErrorId",
        "X.Y,F\n",
    ),
    (
        "try { Get-Date -Nope } catch { $_.FullyQualifiedErrorId }",
        "NamedParameterNotFound,Microsoft.PowerShell.Commands.GetDateCommand\n",
    ),
    ("try { ConvertTo-SecureString x } catch { $_.Exception.GetType().Name }", "NotSupportedException\n"),
    (
        "try { Invoke-WebRequest http://127.0.0.1:1/ } catch { $_.FullyQualifiedErrorId }",
        "WebCmdletWebResponseException,Microsoft.PowerShell.Commands.InvokeWebRequestCommand\n",
    ),
]


@pytest.fixture(scope="module")
def stand_in_outputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """All of them in one process, because most of the time is its start."""
    home = tmp_path_factory.mktemp("stand-ins")
    script = "\n'<next>'\n".join(f"& {{\n{command}\n}}" for command, _ in STAND_INS)
    (home / "all.ps1").write_text(script, encoding="utf-8")
    result = run(home, "-NoProfile", "-File", "all.ps1")
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.split("<next>\n")


@pytest.mark.parametrize("index", range(len(STAND_INS)), ids=[command for command, _ in STAND_INS])
def test_stand_in(stand_in_outputs: list[str], index: int) -> None:
    assert stand_in_outputs[index] == STAND_INS[index][1]


@pytest.fixture
def echo_server() -> Iterator[str]:
    """Answers with what it was asked; /missing with 404."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            answer = json.dumps([self.command, self.path, self.headers.get("Metadata"), body]).encode()
            self.send_response(404 if "missing" in self.path else 200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_web_request(home: Path, echo_server: str) -> None:
    script = f"""
        $body = @{{ resource = 'https://x/' }}
        $r = Invoke-WebRequest -Uri {echo_server}/a -Method GET -Body $body -Headers @{{ Metadata = 'true' }}
        $r.StatusCode
        $r.Content
        (Invoke-WebRequest {echo_server}/b -Method POST -Body $body -UseBasicParsing).Content
        try {{ Invoke-WebRequest {echo_server}/missing }} catch {{ $_.Exception.Message }}
    """
    (home / "web.ps1").write_text(script, encoding="ascii")
    result = run(home, "-File", "web.ps1")
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        "200",
        '["GET", "/a?resource=https%3A%2F%2Fx%2F", "true", ""]',
        '["POST", "/b", null, "resource=https%3A%2F%2Fx%2F"]',
        "Response status code does not indicate success: 404 (Not Found).",
    ]


def test_module_is_found_by_its_alias_and_shown_by_its_view(home: Path) -> None:
    folder = home / "modules" / "Sample"
    folder.mkdir(parents=True)
    (folder / "Sample.psd1").write_text(
        "@{ RootModule = 'Sample.psm1'; ModuleVersion = '1.0'; FunctionsToExport = @('Get-Sample')\n"
        "AliasesToExport = @('Login-Sample'); FormatsToProcess = @('Sample.format.ps1xml') }\n"
    )
    (folder / "Sample.psm1").write_text(
        "function Get-Sample {\n<#\n.SYNOPSIS\nA sample.\n#>\n"
        "param($Name) [pscustomobject]@{ PSTypeName = 'Sample.Thing'; Name = $Name; Secret = 's' } }\n"
        "Set-Alias -Name Login-Sample -Value Get-Sample\n"
        "Export-ModuleMember -Function Get-Sample -Alias Login-Sample\n"
    )
    (folder / "Sample.format.ps1xml").write_text(
        "<Configuration><ViewDefinitions><View><Name>v</Name>"
        "<ViewSelectedBy><TypeName>Sample.Thing</TypeName></ViewSelectedBy><TableControl>"
        "<TableHeaders><TableColumnHeader><Label>Called</Label></TableColumnHeader></TableHeaders>"
        "<TableRowEntries><TableRowEntry><TableColumnItems><TableColumnItem><PropertyName>Name</PropertyName>"
        "</TableColumnItem></TableColumnItems></TableRowEntry></TableRowEntries></TableControl></View>"
        "</ViewDefinitions></Configuration>"
    )
    result = run(home, "-Command", "Login-Sample -Name n1; (Get-Help Get-Sample).Synopsis")
    assert result.stderr == ""
    assert [line.rstrip() for line in result.stdout.splitlines() if line.strip()] == [
        "Called",
        "------",
        "n1",
        "A sample.",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_interrupt_stops_at_once_and_runs_finally(home: Path) -> None:
    assert ENGINE is not None
    script = "'ready'; try { Start-Sleep 30; 'late' } finally { [Console]::WriteLine('finally') }"
    process = subprocess.Popen(
        [*ENGINE, "-Command", script],
        cwd=home,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert (process.returncode, output) == (130, "finally\n")
    assert time.monotonic() - started < 5
