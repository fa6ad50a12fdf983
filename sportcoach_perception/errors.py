"""Errors that a user can do something about."""


class UserError(Exception):
    """One clear line for the user: what is wrong and what to do.

    Raised for bad input (files, devices, parameters, settings); command lines print the message without a traceback
    and exit with `exit_code`, nodes log it and fail the transition they are in.
    """

    def __init__(self, message: str, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code
