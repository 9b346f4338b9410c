# Progress of long calls, told by frames `progress` and shown by the command that waits.

function script:Show-PyBridgeProgress {
    # Shows how far a call is. Returns the record, to be completed in the end; nothing if the frame says that it is over.
    param($Command, $Body)

    # The id of the call: an inner command of a pipeline has a bar of its own.
    $record = [System.Management.Automation.ProgressRecord]::new($Body.id, $Body.activity, $Body.status)
    if ($null -ne $Body.PSObject.Properties['completed']) {
        Complete-PyBridgeProgress $Command $record
        return
    }
    if ($null -ne $Body.percent) { $record.PercentComplete = $Body.percent }
    $Command.WriteProgress($record)
    $record
}

function script:Complete-PyBridgeProgress {
    # Takes the bar away; after Ctrl+C nobody may be left to take it from.
    param($Command, $Record)

    $Record.RecordType = [System.Management.Automation.ProgressRecordType]::Completed
    try { $Command.WriteProgress($Record) } catch { $null = $_ }
}
