# Generated from shims/ and commands.yaml by "python -m pybridge generate". Do not edit.
@{
    ModuleVersion        = '6.13.2'
    GUID                 = 'f8c1f7ac-4c5e-4d06-9f0b-5f0d5f1c2a05'
    Author               = 'pybridge contributors'
    CompanyName          = 'pybridge contributors'
    Copyright            = '(c) pybridge contributors. MIT license.'
    Description          = 'Stands in for AzureRM: brings the modules of AzureRM that PyBridge stands in for.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    RequiredModules      = @(
        @{ ModuleName = 'AzureRM.Profile'; ModuleVersion = '5.8.4'; GUID = 'f8c1f7ac-4c5e-4d06-9f0b-5f0d5f1c2a03' },
        @{ ModuleName = 'AzureRM.Compute'; ModuleVersion = '5.9.2'; GUID = 'f8c1f7ac-4c5e-4d06-9f0b-5f0d5f1c2a01' },
        @{ ModuleName = 'AzureRM.Resources'; ModuleVersion = '6.7.4'; GUID = 'f8c1f7ac-4c5e-4d06-9f0b-5f0d5f1c2a02' }
    )
    FunctionsToExport    = @()
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags = @('Azure', 'AzureRM', 'PyBridge', 'PSEdition_Desktop', 'PSEdition_Core')
        }
    }
}
