# Generated from shims/ and commands.yaml by "python -m pybridge generate". Do not edit.
@{
    RootModule           = 'AzureRM.ManagedServiceIdentity.psm1'
    ModuleVersion        = '1.0.6'
    GUID                 = 'f8c1f7ac-4c5e-4d06-9f0b-5f0d5f1c2a04'
    Author               = 'pybridge contributors'
    CompanyName          = 'pybridge contributors'
    Copyright            = '(c) pybridge contributors. MIT license.'
    Description          = 'Stands in for AzureRM.ManagedServiceIdentity: user-assigned identities, from PyBridge.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    RequiredModules      = @(
        @{ ModuleName = 'PyBridge'; ModuleVersion = '0.1.0'; GUID = '6f1d0a57-9c0b-4f7e-8a43-2d5d7f4c9b1e' }
    )
    FunctionsToExport    = @(
        'Get-AzureRmUserAssignedIdentity',
        'New-AzureRmUserAssignedIdentity',
        'Remove-AzureRmUserAssignedIdentity'
    )
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags = @('Azure', 'AzureRM', 'PyBridge', 'PSEdition_Desktop', 'PSEdition_Core')
        }
    }
}
