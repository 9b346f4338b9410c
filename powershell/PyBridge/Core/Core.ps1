# Core: the hand-written half of the module, which knows no command by name. The files in the order in which they build
# on each other; Invoke.ps1 is the last, so that a load which Ctrl+C has cut short is done again.
#
# This runs inside of a function: what is to outlive that function is a function or variable of the module, `script:`.

. "$PSScriptRoot/Errors.ps1"
. "$PSScriptRoot/Wire.ps1"
. "$PSScriptRoot/Interpreter.ps1"
. "$PSScriptRoot/Worker.ps1"
. "$PSScriptRoot/Session.ps1"
. "$PSScriptRoot/Progress.ps1"
. "$PSScriptRoot/Jobs.ps1"
. "$PSScriptRoot/Resolution.ps1"
. "$PSScriptRoot/../Generated/Tables.ps1"
. "$PSScriptRoot/Completion.ps1"
. "$PSScriptRoot/Invoke.ps1"
