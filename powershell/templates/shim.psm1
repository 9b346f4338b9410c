# Generated from shims/ and commands.yaml by "python -m pybridge generate". Do not edit.
# PyBridge by an old name. The functions are PyBridge's own, which run in PyBridge: there is one sign-in and one worker,
# whatever name a command is called by. What PyBridge does not cover ends with an error that says what to use.

Set-StrictMode -Version 2.0

$script:PyBridge = @(Get-Module -Name PyBridge)[0]

# What to use instead of a command that is not covered.
$script:NotCovered = @{{{not_covered}}}

$refuse = {
    <#
    .SYNOPSIS
    A command of AzureRM that PyBridge does not cover.
    .DESCRIPTION
    Whatever it is given, it ends with an error that names the command of Az and, where there is one, the call for
    Invoke-AzureRmRestMethod that does the same.
    #>
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(ValueFromRemainingArguments = $true)]
        $Arguments
    )

    begin {
        $null = $Arguments
        $name = $MyInvocation.MyCommand.Name
        $errors = "$($script:PyBridge.ModuleBase)/Core/Errors.ps1"
        $record = & $script:PyBridge {
            param($Errors, $Name, $Remedy)
            . $Errors
            New-PyBridgeError -Code 'not_supported' -Message "$Name is not covered by PyBridge" -Remedy $Remedy -Target $Name
        } $errors $name $script:NotCovered[$name]
        $PSCmdlet.ThrowTerminatingError($record)
    }
}

$aliases = @{{{aliases}}}

$items = $ExecutionContext.InvokeProvider.Item
foreach ($name in @({{functions}})) {
    $null = $items.Set("function:script:$name", $script:PyBridge.ExportedFunctions[$name].ScriptBlock)
}
foreach ($name in $script:NotCovered.Keys) { $null = $items.Set("function:script:$name", $refuse) }
foreach ($name in $aliases.Keys) { $null = $items.Set("alias:$name", $aliases[$name]) }
