# PyBridge: the module's files in the order in which they build on each other.
# Core is hand-written and knows no command by name; Generated comes from commands.yaml.
#
# Importing runs next to nothing: what a first command needs, it makes.

Set-StrictMode -Version 2.0

# One each for this session: the interpreter that was found, the worker that it runs, the signed-in context.
$script:Interpreter = $null
$script:Worker = $null
$script:Context = $null

. "$PSScriptRoot/Core/Errors.ps1"
. "$PSScriptRoot/Core/Wire.ps1"
. "$PSScriptRoot/Core/Interpreter.ps1"
. "$PSScriptRoot/Core/Worker.ps1"
. "$PSScriptRoot/Core/Invoke.ps1"
. "$PSScriptRoot/Generated/Tables.ps1"
. "$PSScriptRoot/Generated/Commands.ps1"
