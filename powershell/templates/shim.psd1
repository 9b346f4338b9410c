# Generated from shims/ and commands.yaml by "python -m pybridge generate". Do not edit.
@{
{{root}}    ModuleVersion        = '{{version}}'
    GUID                 = '{{guid}}'
    Author               = 'pybridge contributors'
    CompanyName          = 'pybridge contributors'
    Copyright            = '(c) pybridge contributors. MIT license.'
    Description          = '{{description}}'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    RequiredModules      = @(
{{requires}}
    )
    FunctionsToExport    = @({{functions}})
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @({{aliases}})
    PrivateData          = @{
        PSData = @{
            Tags = @('Azure', 'AzureRM', 'PyBridge', 'PSEdition_Desktop', 'PSEdition_Core')
        }
    }
}
