# PyBridge: the module's files in the order in which they build on each other.
# Core is hand-written and knows no command by name; Generated comes from commands.yaml.

Set-StrictMode -Version 2.0

. "$PSScriptRoot/Core/Errors.ps1"
. "$PSScriptRoot/Core/Wire.ps1"
. "$PSScriptRoot/Core/Interpreter.ps1"
. "$PSScriptRoot/Core/Worker.ps1"
. "$PSScriptRoot/Core/Invoke.ps1"
. "$PSScriptRoot/Generated/Tables.ps1"
. "$PSScriptRoot/Generated/Commands.ps1"

# The signed-in context, and the worker: one each for this session.
$script:Context = $null
$script:Worker = $null

$ExecutionContext.SessionState.Module.OnRemove = { Stop-PyBridgeWorker }
