"""Errors: what Azure said of them, and what Resolve-AzureRmError makes of that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from shells import Azure, Shell

ERRORS = "Microsoft.Azure.Commands.Profile.Errors"
SIGN_IN = "Set-StrictMode -Version Latest\n$null = Connect-AzureRmAccount -Identity\n"
MISSED = f"{SIGN_IN}Get-AzureRmVM myResourceGroup nope -ErrorAction SilentlyContinue -ErrorVariable failed\n"


def shown(shell: Shell, azure: Azure, script: str, folder: Path) -> Any:
    """What the last line of a script's output says in JSON; no token may be shown."""
    run = shell.run(script, azure.environ, folder=folder)
    assert (run.stderr, run.code) == ("", 0)
    assert "eyJ" not in run.stdout
    return json.loads(run.lines[-1])


def test_an_error_has_the_code_and_the_request_id_of_azure(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = f"""{MISSED}
    $data = $failed[0].Exception.Data
    ConvertTo-Json -Compress -InputObject @{{
        error = $data['Error']; status = $data['Status']; request = $data['RequestId']
        exchange = ConvertFrom-Json -InputObject $data['Exchange']
    }}"""
    found = shown(shell, azure, script, tmp_path)
    assert (found["error"], found["status"], found["exchange"]["status"]) == ("ResourceNotFound", "404", 404)
    assert found["request"] == found["exchange"]["response_headers"]["x-ms-request-id"]
    assert "authorization" not in json.dumps(found["exchange"]).lower()


def test_the_exchange_of_an_error_is_shown(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = f"""{MISSED}
    $one = Resolve-AzureRmError -Last
    $text = @($one | Out-String -Stream -Width 400)
    ConvertTo-Json -Compress -Depth 4 -InputObject @{{
        types = @($one.PSObject.TypeNames[0], $one.ServerResponse.PSObject.TypeNames[0])
        request = $one.RequestId -eq $failed[0].Exception.Data['RequestId']; message = $one.Message -eq "$($failed[0])"
        server = $one.ServerMessage; response = "$($one.ServerResponse)"; asked = "$($one.RequestMessage)"
        body = $one.ServerResponse.Body; verb = $one.RequestMessage.Verb; line = $one.Line
        status = @($one.ServerResponse.ResponseStatusCode, $one.ServerResponse.StatusCode)
        uri = $one.RequestMessage.Uri -is [uri]
        headers = @($one.ServerResponse, $one.RequestMessage | ForEach-Object {{
                $_.Headers -is [System.Collections.IDictionary]
            }})
        header = "$($one.ServerResponse.Headers['X-MS-Request-Id'])" -eq $one.RequestId
        sent = @($one.RequestMessage.Headers.Keys)
        trace = $one.ScriptStackTrace -eq $failed[0].ScriptStackTrace -and $one.ScriptStackTrace
        help = $one.HelpLink; inner = $one.InnerException
        exception = $one.Exception -eq $failed[0].Exception
        command = $one.InvocationInfo.MyCommand.Name; position = [bool]$one.Position; history = $one.HistoryId -ge 0
        stack = [bool]$one.StackTrace; text = "$one" -eq $one.Message
        view = @($text | Where-Object {{ $_ -match '^(\\w+) +: ' }} | ForEach-Object {{ $_.Split(' ')[0] }})
    }}"""
    found = shown(shell, azure, script, tmp_path)
    assert found["types"] == [f"{ERRORS}.AzureRestExceptionRecord", f"{ERRORS}.HttpResponseInfo"]
    assert found["server"].startswith("ResourceNotFound: The Resource 'Microsoft.Compute/virtualMachines/nope'")
    assert (found["response"], found["status"], found["verb"]) == ("{NotFound}", ["NotFound", 404], "GET")
    assert found["asked"].startswith("{GET /subscriptions/")
    assert found["headers"] == [True, True]
    assert not [name for name in found["sent"] if "auth" in name.lower()]
    assert (found["help"], found["inner"]) == (None, False)
    assert "'Microsoft.Compute/virtualMachines/nope'" in found["body"]
    assert found["line"].startswith("Get-AzureRmVM myResourceGroup nope")
    assert found["command"] == "Get-AzureRmVM"
    for key in ("request", "message", "position", "history", "stack", "text", "uri", "header", "trace", "exception"):
        assert found[key] is True, key
    assert found["view"] == [
        "RequestId",
        "Message",
        "ServerMessage",
        "ServerResponse",
        "RequestMessage",
        "InvocationInfo",
        "Line",
        "Position",
        "StackTrace",
        "HistoryId",
    ]


def test_a_refusal_is_shown_in_the_words_of_azure(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = f"""{SIGN_IN}
    Stop-AzureRmVM myResourceGroup myVM -Force -ErrorAction SilentlyContinue -ErrorVariable failed
    $made = & (Get-Module PyBridge) {{
        $exchange = [pscustomobject]@{{
            method = 'PUT'; url = 'https://management.azure.com/x?api-version=1'; status = 429; request_body = ''
            response_body = ''; request_headers = [pscustomobject]@{{}}
            response_headers = [pscustomobject]@{{ Date = 'today' }}
        }}
        $message = 'ARM answered 429 Outer: it failed (Inner: because)'
        New-PyBridgeError throttled $message '' 'x' ([pscustomobject]@{{ error = 'Outer'; exchange = $exchange }})
        New-PyBridgeError throttled 'something' '' 'x' ([pscustomobject]@{{ error = 'Outer'; exchange = $exchange }})
        New-PyBridgeError throttled 'something' '' 'x' ([pscustomobject]@{{ error = ''; exchange = $exchange }})
    }}
    $found = @($failed[0], $made | ForEach-Object {{ $_ }} | Resolve-AzureRmError)
    ConvertTo-Json -Compress -InputObject @{{
        server = @($found | ForEach-Object {{ $_.ServerMessage }})
        status = @($found[0].ServerResponse | ForEach-Object {{ $_.ResponseStatusCode; $_.StatusCode }})
        uri = @($found[1].RequestMessage | ForEach-Object {{ $_.Uri.Host; "$_" }})
        shown = @($found[1].ServerResponse | Out-String -Stream) -match '^Headers'
        response = @($found[1].ServerResponse.Headers['date'])
    }}"""
    found = shown(shell, azure, script, tmp_path)
    refused, *made = found["server"]
    assert refused.startswith("AuthorizationFailed: The client ")
    assert made == ["Outer: it failed (Inner: because)", "Outer", ""]
    assert found["status"] == ["Forbidden", 403]
    assert found["uri"] == ["management.azure.com", "{PUT https://management.azure.com/x?api-version=1}"]
    assert [line.split() for line in found["shown"]] == [["Headers", ":", "{Date=today}"]]
    assert found["response"] == ["today"]


def test_any_error_is_resolved_with_what_is_inside(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = f"""
    Set-StrictMode -Version Latest
    Import-Module PyBridge
    $none = @(Resolve-AzureRmError).Count + @(Resolve-Error -Last).Count
    {MISSED}
    try {{ throw [System.Exception]::new('outer', [System.ArgumentException]::new('inner')) }} catch {{ $caught = $_ }}
    $bare = [System.Management.Automation.ErrorRecord]::new([System.Exception]::new('bare'), 'Bare', 'ReadError', 'x')
    $inner = @(Resolve-Error $caught)
    $two = [System.Exception[]]@([System.Exception]::new('one'), [System.Exception]::new('two'))
    $two[1].HelpLink = 'https://help.example'
    $all = [System.AggregateException]::new('all', $two)
    $nobody = [System.AggregateException]::new('nobody', [System.Exception[]]@())
    $empty = [System.Management.Automation.ErrorRecord]::new($nobody, 'Empty', 'ReadError', 'x')
    $several = [System.Management.Automation.ErrorRecord]::new($all, 'Several', 'ReadError', 'x')
    ConvertTo-Json -Compress -Depth 4 -InputObject @{{
        none = $none
        all = @(Resolve-AzureRmError | ForEach-Object {{ $_.Message.Split(' ')[0] }})
        last = (Resolve-AzureRmError -Last | ForEach-Object {{ $_.Message }}) -join ' '
        inner = @($inner | ForEach-Object {{ $_.Message }}); type = $inner[1].PSObject.TypeNames[0]
        exception = $inner[1].Exception.GetType().Name; nested = @($inner | ForEach-Object {{ $_.InnerException }})
        empty = @($empty | Resolve-Error | ForEach-Object {{ $_.Message }})
        many = @($several | Resolve-Error | ForEach-Object {{ "$($_.Message) $($_.InnerException) $($_.HelpLink)" }})
        shown = @(($inner[1] | Out-String -Stream -Width 200) -match '^Exception ')[0]
        bare = @($bare, $failed[0] | Resolve-AzureRmError | ForEach-Object {{ $_.PSObject.TypeNames[0] }})
        local = (Resolve-Error $bare).Line
    }}"""
    found = shown(shell, azure, script, tmp_path)
    assert found["none"] == 0
    assert found["all"] == ["outer", "inner", "ARM"]
    assert found["last"] == "outer inner"
    assert (found["inner"], found["exception"]) == (["outer", "inner"], "ArgumentException")
    assert found["nested"] == [False, True]
    assert found["empty"] == ["nobody"]
    assert found["many"] == ["one True ", "two True https://help.example"]
    assert found["shown"].split() == ["Exception", ":", "System.ArgumentException"]
    assert found["type"] == f"{ERRORS}.AzureExceptionRecord"
    assert found["bare"] == [f"{ERRORS}.AzureExceptionRecord", f"{ERRORS}.AzureRestExceptionRecord"]
    assert not found["local"]


def test_a_message_begins_with_a_capital_but_for_a_name(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = """
    $null = Get-MsiResourceId
    & (Get-Module PyBridge) {
        foreach ($target in 'localhost', 'other', '', $null) {
            (New-PyBridgeError -Code error -Message 'localhost cannot be reached' -Target $target).Exception.Message
        }
    }
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines == ["localhost cannot be reached"] + 3 * ["Localhost cannot be reached"]


@pytest.mark.parametrize("action", ["Stop", "SilentlyContinue", "Ignore"])
def test_the_caller_says_what_an_error_does(shell: Shell, azure: Azure, tmp_path: Path, action: str) -> None:
    script = f"""{SIGN_IN}
    try {{ Get-AzureRmVM myResourceGroup nope -ErrorAction {action}; 'went on' }} catch {{ 'stopped' }}
    $global:Error.Count
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    word = "stopped" if action == "Stop" else "went on"
    assert (run.stderr, run.lines[0]) == ("", word)
    assert (run.lines[1] == "0") is (action == "Ignore")
