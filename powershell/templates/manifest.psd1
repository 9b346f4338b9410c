# Generated from commands.yaml by "python -m pybridge generate". Do not edit.
@{
    RootModule           = '{{name}}.psm1'
    ModuleVersion        = '{{version}}'
    GUID                 = '{{guid}}'
    Author               = 'pybridge contributors'
    CompanyName          = 'pybridge contributors'
    Copyright            = '(c) pybridge contributors. MIT license.'
    Description          = '{{description}}'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    TypesToProcess       = @('Generated/PyBridge.types.ps1xml')
    FormatsToProcess     = @('Generated/PyBridge.format.ps1xml')
    FunctionsToExport    = @(
{{functions}}
    )
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @(
{{aliases}}
    )
    PrivateData          = @{
        PSData = @{
            Tags = @('Azure', 'AzureRM', 'MSI', 'ManagedIdentity', 'PSEdition_Desktop', 'PSEdition_Core')
        }
    }
}
