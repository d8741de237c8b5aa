"""A backup: the database and the stored files as of one moment, in a folder that proves itself.

    manifest.json                what is in it; replaced last, so a backup is whole or the older one
    database-<moment>.dump       pg_dump's custom format
    files-<moment>.sha256        which files belong to it; ``sha256sum -c`` reads it
    files/<pool>/<firm>/<sha256> the files by content, shared by all backups made into the folder

Sessions of people who are logged in are left out: a backup brings nobody back in.
"""
