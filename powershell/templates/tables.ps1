# Generated from commands.yaml by "python -m pybridge generate". Do not edit.

# What Invoke-PyBridge needs to know of each command.
$script:Commands = @{
{{commands}}
}

# What the backend's types are called here; see commands.yaml for the meaning of each part.
$script:Types = @{
{{types}}
}
