"""A PowerShell that logs all that an administrator can have it log: script blocks (4104), the parameters of cmdlets and
what comes through their pipelines (4103), and transcripts.

On Linux the logs go to syslog, which few test machines have. A library that is loaded first writes them into a file.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from shells import Shell

_SYSLOG = r"""
#include <stdarg.h>
#include <stdio.h>

static void put(const char *format, va_list arguments) {
    FILE *file = fopen(LOG, "a");
    if (!file) return;
    vfprintf(file, format, arguments);
    fputc('\n', file);
    fclose(file);
}
void vsyslog(int priority, const char *format, va_list arguments) { (void)priority; put(format, arguments); }
void syslog(int priority, const char *format, ...) {
    va_list arguments;
    (void)priority;
    va_start(arguments, format);
    put(format, arguments);
    va_end(arguments);
}
void __syslog_chk(int priority, int flag, const char *format, ...) {
    va_list arguments;
    (void)priority, (void)flag;
    va_start(arguments, format);
    put(format, arguments);
    va_end(arguments);
}
"""


@dataclass(frozen=True)
class Logged:
    """That PowerShell.

    Attributes:
        executable: What to start in the place of the shell.
    """

    executable: str
    folder: Path

    def texts(self) -> dict[str, str]:
        """What was logged so far: "events", and "transcripts"."""
        log = self.folder / "syslog"
        transcripts = sorted((self.folder / "transcripts").rglob("*.txt"))
        return {
            "events": log.read_text("utf-8", "replace") if log.exists() else "",
            "transcripts": "".join(path.read_text("utf-8", "replace") for path in transcripts),
        }


def logged(shell: Shell, folder: Path) -> Logged:
    """The shell, with all logs into that folder. Skips the test where that cannot be."""
    compiler = shutil.which("cc")
    if shell.name != "pwsh" or compiler is None or not Path("/proc").is_dir():
        pytest.skip("what PowerShell logs is read with pwsh on Linux, and needs a C compiler")
    policies = {
        "Transcription": {"EnableTranscripting": True, "OutputDirectory": str(folder / "transcripts")},
        "ScriptBlockLogging": {"EnableScriptBlockLogging": True, "EnableScriptBlockInvocationLogging": True},
        "ModuleLogging": {"EnableModuleLogging": True, "ModuleNames": ["*"]},
    }
    settings = folder / "settings.json"
    settings.write_text(
        json.dumps({"PowerShellPolicies": policies, "LogLevel": "Verbose", "LogChannels": "Operational,Analytic"})
    )
    source, library, program = folder / "syslog.c", folder / "syslog.so", folder / "logged"
    source.write_text(_SYSLOG)
    define = f'-DLOG="{folder / "syslog"}"'
    subprocess.run([compiler, "-shared", "-fPIC", define, "-o", library, source], check=True, timeout=60)
    program.write_text(f'#!/bin/sh\nLD_PRELOAD={library} exec {shell.executable} -SettingsFile {settings} "$@"\n')
    program.chmod(0o755)
    return Logged(str(program), folder)
