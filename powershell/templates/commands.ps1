# Generated from commands.yaml by "python -m pybridge generate". Do not edit.
# Help, parameters and one call each: what a command does is decided by the operation that it names in $Commands.
{{functions}}
