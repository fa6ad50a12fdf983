"""One module per command of `sportcoach`; each has `main(arguments) -> exit code`."""
