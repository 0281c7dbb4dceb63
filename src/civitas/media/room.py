"""What the media room declares: the files of a person."""

from civitas.kit.rooms import PersonalData, Room
from civitas.media.actions import erase_files_of, export_files_of, hand_over_files, leave_files_of, own_files

ROOM = Room(
    key="media", personal_data=PersonalData(export_files_of, erase_files_of, hand_over_files, nameless=leave_files_of, files=own_files)
)
