"""The commands that keep and put back: `backup` and `restore`."""

from __future__ import annotations

from pathlib import Path

import click

from peelqa.cli.options import places, settings_of


@click.command()
@places
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path, corpus: Path | None, index: str | None) -> None:
    """Write the corpus and the index to FILE (a .tar.gz), checked by reading it again.

    May run while peelqa serves. FILE must not be there yet.
    """
    from peelqa.backup import back_up
    from peelqa.settings import folder_of, sample_folder

    settings = settings_of(corpus, index)
    kept = back_up(settings.corpus, folder_of(settings.index, settings.cache), sample_folder(), file)
    what = f"with {kept.generation}" if kept.generation else "without an index, for there is none"
    click.echo(f"{file}: {kept.files} files, {kept.bytes / 2**20:.1f} MB before packing, {what}; read again and whole.")


@click.command()
@places
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path, corpus: Path | None, index: str | None) -> None:
    """Put the backup in FILE back into a corpus and an index that hold nothing yet.

    All of it is checked before anything is put anywhere.
    """
    from peelqa.backup import restore as put_back
    from peelqa.settings import folder_of, sample_folder

    settings = settings_of(corpus, index)
    put = put_back(file, settings.corpus, folder_of(settings.index, settings.cache), sample_folder())
    if put.generation:
        click.echo(f"Put {put.files} files back; the index is {put.generation}.")
    else:
        click.echo(f"Put {put.files} files back; it held no index. Run: peelqa build")
