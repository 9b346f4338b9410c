# Generated from commands.yaml by "python -m pybridge generate". Do not edit.
#
# A function for each command: help, parameters and one call. What a command does is decided by the operation that it
# names in Generated/Tables.ps1. They stand in one file, and importing it runs next to nothing: what a first command
# needs, that command loads.

Set-StrictMode -Version 2.0

# One each for this session: the interpreter that was found, the worker that it runs, and who is signed in.
$script:Interpreter = $null
$script:Worker = $null
$script:Session = @{ Contexts = @(); Current = $null; Context = $null; Environments = @{}; Autosave = $null; Tables = @{} }

# How to reach the hosts whose identities are signed in, and those that come through a pipeline.
$script:Hosts = $null
$script:Gathered = $null

# The ways into Core. Loading it puts the real functions in their places.
function Invoke-PyBridge {
    . "$PSScriptRoot/Core/Core.ps1"
    Invoke-PyBridge @args
}

function Complete-PyBridge {
    . "$PSScriptRoot/Core/Core.ps1"
    Complete-PyBridge @args
}

function Resolve-PyBridgeError {
    . "$PSScriptRoot/Core/Core.ps1"
    Resolve-PyBridgeError @args
}

# For commands that have nothing to do here.
function Skip-PyBridge { $null = $args }
{{functions}}
