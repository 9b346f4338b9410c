# Errors: the backend's codes as ErrorRecords.

function script:Get-PyBridgeErrorCategory {
    # The ErrorCategory for a code: one row for each code of pybridge/errors.py.
    param([string] $Code)

    $categories = @{
        invalid_argument      = 'InvalidArgument'
        invalid_configuration = 'InvalidData'
        invalid_file          = 'InvalidData'
        invalid_inventory     = 'InvalidData'
        invalid_spec          = 'InvalidData'
        invalid_state         = 'InvalidData'
        transport_failed      = 'ConnectionError'
        connection_refused    = 'ConnectionError'
        unreachable           = 'ConnectionError'
        cut_off               = 'ConnectionError'
        timed_out             = 'OperationTimeout'
        malformed_answer      = 'ProtocolError'
        unsafe_request        = 'SecurityError'
        credential_failed     = 'AuthenticationError'
        no_endpoint           = 'ResourceUnavailable'
        token_rejected        = 'AuthenticationError'
        token_throttled       = 'ResourceBusy'
        arm_failed            = 'InvalidOperation'
        bad_request           = 'InvalidArgument'
        unauthorized          = 'AuthenticationError'
        authorization_failed  = 'PermissionDenied'
        not_found             = 'ObjectNotFound'
        conflict              = 'ResourceExists'
        precondition_failed   = 'ResourceBusy'
        operation_failed      = 'InvalidResult'
        throttled             = 'LimitsExceeded'
        service_failed        = 'ResourceUnavailable'
        no_subscription       = 'PermissionDenied'
        remote_failed         = 'ConnectionError'
        host_unreachable      = 'ConnectionError'
        host_denied           = 'AuthenticationError'
        host_certificate      = 'SecurityError'
        host_quota            = 'QuotaExceeded'
        host_interrupted      = 'ConnectionError'
        host_timed_out        = 'OperationTimeout'
        remote_script_failed  = 'InvalidResult'
        language_mode         = 'SecurityError'
        session_unavailable   = 'ResourceUnavailable'
        executor_failed       = 'ResourceUnavailable'
        broken                = 'InvalidResult'
        not_signed_in         = 'AuthenticationError'
        not_supported         = 'NotImplemented'
        cancelled             = 'OperationStopped'
        internal_error        = 'InvalidResult'
        error                 = 'NotSpecified'
        # Of this side:
        python_not_found      = 'ObjectNotFound'
        worker_failed         = 'ResourceUnavailable'
        protocol_mismatch     = 'InvalidResult'
        not_confirmed         = 'OperationStopped'
    }
    if ($categories.ContainsKey($Code)) { $categories[$Code] } else { 'NotSpecified' }
}

function script:New-PyBridgeError {
    # Code: as on the wire, snake_case. Remedy: what to do now. Details: further facts, kept in Exception.Data, such as
    # Error and RequestId of Azure Resource Manager; what is more than a text is JSON there.
    param([string] $Code, [string] $Message, [string] $Remedy, $Target, $Details)

    # The name of a thing, such as a computer, stays as it is.
    if ($Message -cmatch '^[a-z]+ ' -and $Matches[0] -ne "$Target ") { $Message = $Message.Substring(0, 1).ToUpperInvariant() + $Message.Substring(1) }
    $exception = [System.InvalidOperationException]::new($Message)
    if ($null -ne $Details) {
        foreach ($property in $Details.PSObject.Properties) {
            $value = $property.Value
            $isDeep = $value -is [array] -or $value -is [System.Management.Automation.PSCustomObject]
            $exception.Data[(ConvertTo-PascalCase $property.Name)] = if ($isDeep) { ConvertTo-WireJson $value } else { [string]$value }
        }
    }
    $id = "PyBridge.$(ConvertTo-PascalCase $Code)"
    $record = [System.Management.Automation.ErrorRecord]::new($exception, $id, (Get-PyBridgeErrorCategory $Code), $Target)
    if ($Remedy) {
        # PowerShell 7.6 prints the recommended action below an error by itself; earlier ones do not.
        $text = if ($PSVersionTable.PSVersion -ge [version]'7.6') { $Message } else { "$Message`n$Remedy" }
        $record.ErrorDetails = [System.Management.Automation.ErrorDetails]::new($text)
        $record.ErrorDetails.RecommendedAction = $Remedy
    }
    $record
}

function script:ConvertTo-PascalCase {
    param([string] $Name)

    -join $(foreach ($part in $Name.Split('_')) { $part.Substring(0, 1).ToUpperInvariant() + $part.Substring(1) })
}

function script:ConvertFrom-WireError {
    # The error of a JSON-RPC answer.
    param($WireError)

    $data = $WireError.PSObject.Properties['data']
    if ($null -eq $data) {
        return New-PyBridgeError -Code 'internal_error' -Message $WireError.message
    }
    $data = $data.Value
    New-PyBridgeError -Code $data.code -Message $WireError.message -Remedy $data.remedy -Target $data.target -Details $data.details
}
