"""Views that print an object to the bottom, as AzureRM.Compute printed its own: a line a member, two blanks a level."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from xml.sax.saxutils import escape

from ..spec import Column

#: Fills $rows with depth, name and text of each member of $_ that is not null, and of what is nested in it.
_WALK = """\
$walk = {
    param($From, $Depth)
    foreach ($property in $From.PSObject.Properties) {
        $name = $property.Name
        $value = $property.Value
        if ($null -eq $value) { continue }
        if ($value -is [System.Collections.IDictionary]) {
            $pairs = @(foreach ($pair in $value.GetEnumerator()) {
                    $inner = $pair.Value
                    if ($inner -is [System.Management.Automation.PSCustomObject]) {
                        $parts = $inner.PSObject.Properties
                        $inner = @(foreach ($part in $parts) { '"' + $part.Name + '":"' + $part.Value + '"' })
                        '"' + $pair.Key + '":{' + ($inner -join ',') + '}'
                    }
                    else { '"' + $pair.Key + '":"' + $inner + '"' }
                })
            $null = $rows.Add(@($Depth, $name, ('{' + ($pairs -join ',') + '}')))
            continue
        }
        $many = $value -is [System.Collections.IList]
        $index = 0
        foreach ($item in $value) {
            $label = if ($many) { "$name[$index]" } else { $name }
            $index++
            if ($item -is [System.Management.Automation.PSCustomObject]) {
                $null = $rows.Add(@($Depth, $label, ''))
                & $walk $item ($Depth + 1)
            }
            else { $null = $rows.Add(@($Depth, $label, "$item")) }
        }
    }
}
& $walk $_ 0
"""

_PRINT = """\
$width = 0
foreach ($row in $rows) { $width = [Math]::Max($width, 2 * $row[0] + $row[1].Length) }
@(foreach ($row in $rows) { (' ' * (2 * $row[0]) + $row[1]).PadRight($width + 1) + ': ' + $row[2] }) -join "`n"
"""


def tree_control(columns: Iterable[Column], expression: Callable[[Column], str]) -> Iterator[str]:
    """The control that prints the columns; all to the bottom without columns, or where the DisplayHint is Expand.

    Args:
        columns: What is shown in short.
        expression: What a column shows, in PowerShell.
    """
    short = "".join(_row(column, expression(column)) for column in columns)
    script = f"if ($_.DisplayHint -eq 'Expand') {{\n{_WALK}}}\nelse {{\n{short}}}\n" if short else _WALK
    yield "      <CustomControl><CustomEntries><CustomEntry><CustomItem><ExpressionBinding><ScriptBlock>"
    yield escape(f"$rows = New-Object System.Collections.ArrayList\n{script}{_PRINT}").rstrip("\n")
    yield "      </ScriptBlock></ExpressionBinding></CustomItem></CustomEntry></CustomEntries></CustomControl>"


def _row(column: Column, expression: str) -> str:
    # What is in each element of a list is a list, even of one.
    many = "$true" if column.kind == "path" and "." in column.path else "$value -is [System.Collections.IList]"
    text = f"$(if ({many}) {{ '{{' + ($value -join ', ') + '}}' }} else {{ $value }})"
    add = f"$null = $rows.Add(@(0, '{column.label}', \"{text}\"))"
    steps = f"$value = {expression}\n{add}"
    if column.optional:
        steps = f"if ($_.{column.path.partition('.')[0]}) {{\n{steps}\n}}"
    return f"{steps}\n"
