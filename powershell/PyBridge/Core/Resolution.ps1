# Errors looked at closely: what Azure answered, and where in the script it was.

function script:Resolve-PyBridgeError {
    # The errors that were given, the last one, or all of this session: a record each, an inner exception its own.
    param($Command, $Bound)

    $all = @($Command.SessionState.PSVariable.GetValue('global:Error'))
    $wanted = if ($Bound.ContainsKey('Error')) { $Bound['Error'] } elseif ($Bound['Last'] -and $all.Count) { $all[0] } else { $all }
    foreach ($record in $wanted) {
        # $Error holds exceptions too, of what ended a script.
        if ($record -is [System.Exception] -and $null -ne $record.PSObject.Properties['ErrorRecord']) { $record = $record.ErrorRecord }
        if ($record -isnot [System.Management.Automation.ErrorRecord]) { continue }
        $exception = $record.Exception
        if ($null -eq $exception) { New-PyBridgeResolution 'azure_error_record' $record ([ordered]@{ Message = "$record" }) }
        while ($null -ne $exception) {
            if ($exception.Data['Exchange']) { Resolve-PyBridgeExchange $record $exception }
            else {
                New-PyBridgeResolution 'azure_exception_record' $record ([ordered]@{
                        Message    = $exception.Message
                        StackTrace = if ($exception.StackTrace) { $exception.StackTrace } else { $record.ScriptStackTrace }
                        Exception  = $exception.GetType()
                    })
            }
            $exception = $exception.InnerException
        }
    }
}

function script:Resolve-PyBridgeExchange {
    # An error of Azure Resource Manager, with what was asked and answered. Secrets have been taken out of that before.
    param($Record, $Exception)

    $data = $Exception.Data
    $exchange = ConvertFrom-Json -InputObject $data['Exchange']
    New-PyBridgeResolution 'azure_rest_exception_record' $Record ([ordered]@{
            RequestId      = $data['RequestId']
            Message        = $Exception.Message
            ServerMessage  = $data['Error']
            ServerResponse = [pscustomobject]@{
                ResponseStatusCode = $exchange.status
                Headers            = $exchange.response_headers
                Body               = $exchange.response_body
            }
            RequestMessage = [pscustomobject]@{
                Verb    = $exchange.method
                Uri     = $exchange.url
                Headers = $exchange.request_headers
                Body    = $exchange.request_body
            }
            StackTrace     = $Record.ScriptStackTrace
            Exception      = $Exception.GetType()
        })
}

function script:New-PyBridgeResolution {
    # A record of that type with those members, and with where the error was.
    param($Type, $Record, $Members)

    $invocation = $Record.InvocationInfo
    $known = $null -ne $invocation
    $Members['InvocationInfo'] = $invocation
    $Members['Line'] = if ($known) { $invocation.Line.Trim() }
    $Members['Position'] = if ($known) { $invocation.PositionMessage }
    $Members['HistoryId'] = if ($known) { $invocation.HistoryId }
    $Members['ErrorCategory'] = $Record.CategoryInfo
    $Members['ErrorDetails'] = $Record.ErrorDetails
    $found = [pscustomobject]$Members
    Set-WireType $found $script:Types[$Type]
    $found
}
