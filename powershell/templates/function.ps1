
function {{name}} {
    <#
    .SYNOPSIS
{{synopsis}}
    .DESCRIPTION
{{description}}
{{help}}    #>
    [CmdletBinding({{binding}})]
    [OutputType({{output}})]
{{aliases}}    param(
{{parameters}}
    )

    process {
        {{call}} $PSCmdlet $PSBoundParameters
    }{{end}}
}
