"""What can go wrong, and what to do about it.

    PeelqaError                 anything peelqa expects may fail; the CLI prints its one line and exits with `exit_status`
    |-- UnreadableReport        one file cannot be read; the build names it and goes on
    |-- NothingReadable         a corpus without a single readable report
    |-- IndexMissing            there is no index yet
    |-- IndexOutOfDate          the index was built with another model, or by another format of peelqa
    |-- IndexDamaged            no whole generation is left (exit status 3)
    |-- BuildRunning            another build holds the lock
    |-- BuildFailed             the disk did not take a new generation; the old one stays
    |-- ServerUnusable          a server that keeps an index does not answer, or is one that cannot be used
    |-- ModelUnusable           model files are missing or are not the ones they should be
    |-- UnknownReport           no report goes by that name
    |-- AddressRefused          an address that is not fetched from, for safety's sake
    |-- NotFetched              an address gives no report now; what the corpus holds stays
    |-- BackupRefused           a backup cannot be written, is not whole, or would replace something
    |-- NotListening            an address that is to be served at does not exist here or is taken
    |-- NotVerbatim             a quotation does not match the stored text; it is withheld
    `-- BadInput                an argument or setting that makes no sense

Every message names the thing, the place and the next step, in one line.
"""


class PeelqaError(Exception):
    """Anything peelqa expects may fail. The message is one line for the person at the other end."""

    exit_status = 1


class UnreadableReport(PeelqaError):
    """One file cannot be read as a report; the message is the reason, without the file's name."""


class NothingReadable(PeelqaError):
    """A corpus in which no file could be read as a report."""


class IndexMissing(PeelqaError):
    """There is no index at the given place."""


class IndexOutOfDate(PeelqaError):
    """The index was built with another model or another format, and must be built again."""


class IndexDamaged(PeelqaError):
    """Files of the index do not match what its manifest says."""

    exit_status = 3


class BuildRunning(PeelqaError):
    """Another build holds the index's lock."""


class BuildFailed(PeelqaError):
    """A new generation could not be written, for want of room or for a fault of the disk; the old one stays."""


class ServerUnusable(PeelqaError):
    """A server that keeps an index does not answer, is too old, or its client is not installed."""


class ModelUnusable(PeelqaError):
    """A model's files are missing, or are not the ones that are known to be right."""


class UnknownReport(PeelqaError):
    """No report in the corpus or index goes by that name."""


class AddressRefused(PeelqaError):
    """An address that is no public web address, or leads to a machine that is not on the public internet."""


class NotFetched(PeelqaError):
    """An address gives no report now; the copy that the corpus holds of it stays as it is."""


class BackupRefused(PeelqaError):
    """A backup that cannot be written, that is not whole, or that would be put where something is already."""


class NotListening(PeelqaError):
    """An address that is to be served at does not exist on this machine, or something listens there already."""


class NotVerbatim(PeelqaError):
    """A quotation is not what stands in its report; it must not be shown."""


class BadInput(PeelqaError):
    """An argument or a setting that makes no sense."""

    exit_status = 2
