# Generated from shims/ and commands.yaml by "python -m pybridge generate". Do not edit.
@{
    RootModule           = 'AzureRM.Profile.psm1'
    ModuleVersion        = '5.8.4'
    GUID                 = 'f8c1f7ac-4c5e-4d06-9f0b-5f0d5f1c2a03'
    Author               = 'pybridge contributors'
    CompanyName          = 'pybridge contributors'
    Copyright            = '(c) pybridge contributors. MIT license.'
    Description          = 'Stands in for AzureRM.Profile: signing in, contexts and clouds, from PyBridge.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    RequiredModules      = @(
        @{ ModuleName = 'PyBridge'; ModuleVersion = '0.1.0'; GUID = '6f1d0a57-9c0b-4f7e-8a43-2d5d7f4c9b1e' }
    )
    FunctionsToExport    = @(
        'Connect-AzureRmAccount',
        'Disconnect-AzureRmAccount',
        'Get-AzureRmContext',
        'Set-AzureRmContext',
        'Select-AzureRmContext',
        'Rename-AzureRmContext',
        'Remove-AzureRmContext',
        'Clear-AzureRmContext',
        'Save-AzureRmContext',
        'Import-AzureRmContext',
        'Enable-AzureRmContextAutosave',
        'Disable-AzureRmContextAutosave',
        'Get-AzureRmContextAutosaveSetting',
        'Get-AzureRmSubscription',
        'Get-AzureRmTenant',
        'Get-AzureRmEnvironment',
        'Add-AzureRmEnvironment',
        'Set-AzureRmEnvironment',
        'Remove-AzureRmEnvironment',
        'Disable-AzureRmDataCollection',
        'Enable-AzureRmDataCollection',
        'Resolve-AzureRmError',
        'Send-Feedback',
        'Set-AzureRmDefault',
        'Get-AzureRmDefault',
        'Clear-AzureRmDefault'
    )
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @(
        'Login-AzureRmAccount',
        'Add-AzureRmAccount',
        'Logout-AzureRmAccount',
        'Remove-AzureRmAccount',
        'Select-AzureRmSubscription',
        'Save-AzureRmProfile',
        'Resolve-Error'
    )
    PrivateData          = @{
        PSData = @{
            Tags = @('Azure', 'AzureRM', 'PyBridge', 'PSEdition_Desktop', 'PSEdition_Core')
        }
    }
}
