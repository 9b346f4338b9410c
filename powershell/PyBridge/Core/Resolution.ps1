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
        if ($null -ne $record.Exception) { Resolve-PyBridgeException $record $record.Exception $false }
        else { New-PyBridgeResolution 'azure_error_record' $record ([ordered]@{ Message = "$record" }) }
    }
}

function script:Resolve-PyBridgeException {
    # An exception, and those inside of it. One that only holds others together is left out, as AzureRM does.
    param($Record, $Exception, $Inner)

    if ($Exception -is [System.AggregateException] -and $Exception.InnerExceptions.Count) {
        foreach ($one in $Exception.InnerExceptions) { Resolve-PyBridgeException $Record $one $true }
        return
    }
    $members = [ordered]@{}
    $type = 'azure_exception_record'
    if ($Exception.Data['Exchange']) {
        $type = 'azure_rest_exception_record'
        Add-PyBridgeExchange $members $Exception
    }
    $members['Message'] = $Exception.Message
    $members['StackTrace'] = if ($Exception.StackTrace) { $Exception.StackTrace } else { $Record.ScriptStackTrace }
    $members['HelpLink'] = $Exception.HelpLink
    $members['Exception'] = $Exception
    $members['InnerException'] = $Inner
    New-PyBridgeResolution $type $Record $members
    if ($null -ne $Exception.InnerException) { Resolve-PyBridgeException $Record $Exception.InnerException $true }
}

function script:Add-PyBridgeExchange {
    # What Azure Resource Manager was asked, and what it answered. Secrets have been taken out of that before.
    param($Members, $Exception)

    $data = $Exception.Data
    $exchange = ConvertFrom-Json -InputObject $data['Exchange']
    $Members['RequestId'] = $data['RequestId']
    $Members['ServerMessage'] = Get-PyBridgeServerMessage $Exception.Message $data['Error']
    $response = [pscustomobject]@{
        ResponseStatusCode = [string][System.Net.HttpStatusCode][int]$exchange.status
        StatusCode         = [int]$exchange.status
        Headers            = ConvertTo-PyBridgeHeader $exchange.response_headers
        Body               = $exchange.response_body
    }
    $request = [pscustomobject]@{
        Verb    = $exchange.method
        Uri     = [uri]::new($exchange.url, [System.UriKind]::RelativeOrAbsolute)
        Headers = ConvertTo-PyBridgeHeader $exchange.request_headers
        Body    = $exchange.request_body
    }
    $Members['ServerResponse'] = $response
    $Members['RequestMessage'] = $request
}

function script:Get-PyBridgeServerMessage {
    # "Code: message (details)": the end of an error's message, from Azure's code on.
    param([string] $Message, [string] $Code)

    $at = if ($Code) { $Message.IndexOf("${Code}: ", [System.StringComparison]::Ordinal) } else { -1 }
    if ($at -ge 0) { $Message.Substring($at) } else { $Code }
}

function script:ConvertTo-PyBridgeHeader {
    # A dictionary of the headers, whatever their case; each may have several values.
    param($Headers)

    $found = [System.Collections.Generic.Dictionary[string, string[]]]::new([System.StringComparer]::OrdinalIgnoreCase)
    foreach ($header in $Headers.PSObject.Properties) { $found[$header.Name] = [string[]]@([string]$header.Value) }
    , $found
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
    $Members['ScriptStackTrace'] = $Record.ScriptStackTrace
    $Members['ErrorCategory'] = $Record.CategoryInfo
    $Members['ErrorDetails'] = $Record.ErrorDetails
    $found = [pscustomobject]$Members
    Set-WireType $found $script:Types[$Type]
    $found
}
