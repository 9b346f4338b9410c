# Generated from commands.yaml by "python -m pybridge generate". Do not edit.
@{
    RootModule           = 'PyBridge.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '6f1d0a57-9c0b-4f7e-8a43-2d5d7f4c9b1e'
    Author               = 'pybridge contributors'
    CompanyName          = 'pybridge contributors'
    Copyright            = '(c) pybridge contributors. MIT license.'
    Description          = 'Managed identity (MSI) tokens and Azure Resource Manager for PowerShell, from a Python backend. Scripts written for AzureRM and the MSI VM extension run unchanged.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    TypesToProcess       = @('Generated/PyBridge.types.ps1xml')
    FormatsToProcess     = @('Generated/PyBridge.format.ps1xml')
    FunctionsToExport    = @(
        'Get-MsiToken',
        'Get-MsiIdentity',
        'Test-Msi',
        'Get-MsiResourceId',
        'Install-PyBridgeModule',
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
        'Get-AzureRmVM',
        'Update-AzureRmVM',
        'Start-AzureRmVM',
        'Stop-AzureRmVM',
        'Restart-AzureRmVM',
        'Get-AzureRmVMExtension',
        'Set-AzureRmVMExtension',
        'Remove-AzureRmVMExtension',
        'Get-AzureRmResourceGroup',
        'New-AzureRmResourceGroup',
        'Remove-AzureRmResourceGroup',
        'Get-AzureRmResource',
        'Get-AzureRmRoleDefinition',
        'Get-AzureRmRoleAssignment',
        'New-AzureRmRoleAssignment',
        'Remove-AzureRmRoleAssignment',
        'Get-AzureRmUserAssignedIdentity',
        'New-AzureRmUserAssignedIdentity',
        'Remove-AzureRmUserAssignedIdentity',
        'Invoke-AzureRmRestMethod',
        'Enable-Msi'
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
            Tags = @('Azure', 'AzureRM', 'MSI', 'ManagedIdentity', 'PSEdition_Desktop', 'PSEdition_Core')
        }
    }
}
