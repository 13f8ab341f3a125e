"""The names of the works of code goals."""

OPEN, CREATE, MODIFY, RUN_TESTS, RUN_LINTER = "open_workspace", "create_file", "modify_file", "run_tests", "run_linter"
BUILD, VALIDATE, PROVE, COMMIT, PUSH = "build", "validate", "prove", "git_commit", "git_push"
PULL_REQUEST, HAND_IN, WRITE = "open_pull_request", "hand_in_code", "write_code"
CODE_WORKS = frozenset({
    OPEN, CREATE, MODIFY, RUN_TESTS, RUN_LINTER, BUILD, VALIDATE, PROVE, COMMIT, PUSH, PULL_REQUEST, HAND_IN, WRITE,
})  # fmt: skip
