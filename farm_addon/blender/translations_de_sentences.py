# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tab says in German: sentences, counts, questions."""

MESSAGES: dict[str, str] = {
    # What is going on
    "Adding files to ‘{release}’": "Dateien kommen zu ‚{release}‘",
    "Archiving": "Archivieren",
    "Archiving ‘{release}’": "‚{release}‘ wird archiviert",
    "Asking…": "Wird gefragt…",
    "Cancelling jobs": "Jobs werden abgebrochen",
    "Changing priorities": "Prioritäten werden geändert",
    "Checking frames": "Frames prüfen",
    "Checking the frames of ‘{release}’": "Frames von ‚{release}‘ werden geprüft",
    "Checking the scenes": "Szenen werden geprüft",
    "Comparing ‘{release}’ with its files": "‚{release}‘ wird mit den Dateien verglichen",
    "Deleting jobs from the Manager": "Jobs werden vom Manager gelöscht",
    "Delivering": "Liefern",
    "Fetching the contact sheet of ‘{release}’": "Kontaktbogen von ‚{release}‘ wird geholt",
    "Following ‘{release}’": "‚{release}‘ wird verfolgt",
    "Freezing": "Einfrieren",
    "Harvesting ‘{release}’": "‚{release}‘ wird geerntet",
    "Looking at the farm…": "Die Farm wird angesehen…",
    "Looking at the volume": "Das Volume wird angesehen",
    "Pausing jobs": "Jobs werden pausiert",
    "Queueing jobs again": "Jobs werden neu eingereiht",
    "Reading files": "Dateien lesen",
    "Rendering": "Rendern",
    "Repairing ‘{release}’": "‚{release}‘ wird repariert",
    "Replacing jobs": "Jobs werden ersetzt",
    "Restoring ‘{archive}’": "‚{archive}‘ wird wiederhergestellt",
    "Resuming jobs": "Jobs werden fortgesetzt",
    "Sending": "Senden",
    "Setting up the volume": "Das Volume wird eingerichtet",
    "Submitting ‘{release}’": "‚{release}‘ wird gesendet",
    "Verifying": "Nachprüfen",
    "Verifying ‘{archive}’": "‚{archive}‘ wird geprüft",
    "{topic} {done} of {total}": "{topic}: {done} von {total}",
    # What came of it
    "Archived and verified, {size}": "Archiviert und geprüft, {size}",
    "Changed since the check: {counts}": "Seit der Prüfung geändert: {counts}",
    "Every frame passes": "Alle Frames sind gut",
    "Everything is delivered": "Alles ist geliefert",
    "Everything is delivered already": "Alles ist schon geliefert",
    "Nothing can be delivered yet": "Noch kann nichts geliefert werden",
    "Nothing is delivered": "Nichts ist geliefert",
    "Nothing was delivered": "Nichts wurde geliefert",
    "Start it again to go on": "Noch einmal starten, um weiterzumachen",
    "The volume is ready": "Das Volume ist bereit",
    "The volume of farm ‘{name}’ is ready": "Das Volume der Farm ‚{name}‘ ist bereit",
    "it failed": "es schlug fehl",
    "{title}: cancelled": "{title}: abgebrochen",
    "{count} do not": "{count} nicht",
    "{count} does not": "{count} nicht",
    "{count} do not pass": "{count} sind nicht gut",
    "{count} does not pass": "{count} ist nicht gut",
    "{count} frame passes": "{count} Frame ist gut",
    "{count} frames pass": "{count} Frames sind gut",
    "{count} frames checked and delivered": "{count} Frames geprüft und geliefert",
    "{count} frame delivered": "{count} Frame geliefert",
    "{count} frames delivered": "{count} Frames geliefert",
    "{count} finding in the way": "{count} Befund steht im Weg",
    "{count} findings in the way": "{count} Befunde stehen im Weg",
    "{count} job": "{count} Job",
    "{count} jobs": "{count} Jobs",
    "{count} job deleted": "{count} Job gelöscht",
    "{count} jobs deleted": "{count} Jobs gelöscht",
    "{count} job replaced": "{count} Job ersetzt",
    "{count} jobs replaced": "{count} Jobs ersetzt",
    "{count} job submitted": "{count} Job gesendet",
    "{count} jobs submitted": "{count} Jobs gesendet",
    "{count} job ready for the farm": "{count} Job bereit für die Farm",
    "{count} jobs ready for the farm": "{count} Jobs bereit für die Farm",
    "{count} scene ready for the farm": "{count} Szene bereit für die Farm",
    "{count} scenes ready for the farm": "{count} Szenen bereit für die Farm",
    "{count} queued again": "{count} neu eingereiht",
    "{count} unchanged": "{count} unverändert",
    "{count} left alone": "{count} ausgelassen",
    # What the tab says
    "Choose the farm's volume first": "Zuerst das Volume der Farm wählen",
    "Farm ‘{name}’": "Farm ‚{name}‘",
    "Following is paused": "Das Verfolgen ruht",
    "Frames {frames}": "Frames {frames}",
    "Give the release a name first": "Zuerst dem Release einen Namen geben",
    "Jobs of ‘{release}’: {counts}": "Jobs von ‚{release}‘: {counts}",
    "Name a release to see its jobs": "Ein Release nennen, um seine Jobs zu sehen",
    "No jobs yet: submit the release": "Noch keine Jobs: das Release senden",
    "No release is archived on this volume": "Auf diesem Volume ist kein Release archiviert",
    "Not connected": "Nicht verbunden",
    "Nothing is running": "Nichts läuft",
    "Online access is off": "Online-Zugriff ist aus",
    "Perhaps stale: {reason}": "Vielleicht veraltet: {reason}",
    "Press the play button to follow the release": "Das Dreieck drücken, um das Release zu "
    "verfolgen",
    "Something is running; wait for it, or cancel it": "Etwas läuft; abwarten oder abbrechen",
    "Stale: {reason}": "Veraltet: {reason}",
    "The Manager has no log of it": "Der Manager hat kein Log davon",
    "about {size}": "etwa {size}",
    "attempt {count}": "Versuch {count}",
    "markers": "Marker",
    "priority {number}": "Priorität {number}",
    "sent by {user}": "gesendet von {user}",
    "starts when needed": "startet bei Bedarf",
    "{awake} of {total} Workers awake": "{awake} von {total} Workern wach",
    "{awake}/{total} awake": "{awake}/{total} wach",
    "{count} bad": "{count} schlecht",
    "{count} frame": "{count} Frame",
    "{count} frames": "{count} Frames",
    "{count} more": "{count} weitere",
    "{count} ticked job": "{count} Job angekreuzt",
    "{count} ticked jobs": "{count} Jobs angekreuzt",
    "{done} of {total} frames": "{done} von {total} Frames",
    "{free} of {total}": "{free} von {total}",
    "{hours} h {minutes} min": "{hours} Std. {minutes} Min.",
    "{minutes} min": "{minutes} Min.",
    "{job}, frame {frame}": "{job}, Frame {frame}",
    "{passed} of {expected} frames pass": "{passed} von {expected} Frames sind gut",
    "{shown} of {total} jobs match the filter": "{shown} von {total} Jobs passen zum Filter",
    "{size} free": "{size} frei",
    "{task} on {worker}": "{task} auf {worker}",
    "{time} left": "noch {time}",
    # Questions
    "Archive ‘{release}’?": "‚{release}‘ archivieren?",
    "Cancel {count} Job?": "{count} Job abbrechen?",
    "Cancel {count} Jobs?": "{count} Jobs abbrechen?",
    "Delete {count} Job from the Manager?": "{count} Job vom Manager löschen?",
    "Delete {count} Jobs from the Manager?": "{count} Jobs vom Manager löschen?",
    "Replace {count} Job?": "{count} Job ersetzen?",
    "Replace {count} Jobs?": "{count} Jobs ersetzen?",
    "Replace delivered frames of ‘{release}’?": "Gelieferte Frames von ‚{release}‘ ersetzen?",
    "Restore ‘{archive}’?": "‚{archive}‘ wiederherstellen?",
    "Take back the last delivery of ‘{release}’?": "Letzte Lieferung von ‚{release}‘ zurücknehmen?",
    "All their frames are rendered again; the earlier ones are kept aside.": "Alle ihre Frames "
    "werden neu gerendert; die früheren werden aufgehoben.",
    "It becomes archives/{release}.tar.gz, which is verified.": "Daraus wird "
    "archives/{release}.tar.gz, und das wird geprüft.",
    "Workers stop within seconds. Frames that are rendered stay.": "Worker halten nach Sekunden "
    "an. Gerenderte Frames bleiben.",
    "dist/{release} stays.": "dist/{release} bleibt.",
    "{count} job is bad": "{count} Job ist schlecht",
    "{count} jobs are bad": "{count} Jobs sind schlecht",
    "{count} job waits": "{count} Job wartet",
    "{count} jobs wait": "{count} Jobs warten",
    "{count} job is ready": "{count} Job ist bereit",
    "{count} jobs are ready": "{count} Jobs sind bereit",
    "{count} job is delivered": "{count} Job ist geliefert",
    "{count} jobs are delivered": "{count} Jobs sind geliefert",
    "releases/{release} with {count} job is removed, also from the farm.": (
        "releases/{release} mit {count} Job wird entfernt, auch von der Farm."
    ),
    "releases/{release} with {count} jobs is removed, also from the farm.": (
        "releases/{release} mit {count} Jobs wird entfernt, auch von der Farm."
    ),
    # What else is said
    "At the end: {problem}": "Am Ende: {problem}",
    "At ‘{place}’: {problem}": "Bei ‚{place}‘: {problem}",
    "Blender was started with --offline-mode": "Blender wurde mit --offline-mode gestartet",
    "Delivered frames leave dist/{release} and are kept in": (
        "Gelieferte Frames verlassen dist/{release} und bleiben in"
    ),
    "Files missing in dist/{archive} come back. The archive stays.": (
        "In dist/{archive} fehlende Dateien kommen zurück. Das Archiv bleibt."
    ),
    "Image ‘{image}’ is packed": "Bild ‚{image}‘ ist gepackt",
    "Image ‘{image}’ is saved": "Bild ‚{image}‘ ist gespeichert",
    "Its files leave dist/{release} and are frames in": (
        "Ihre Dateien verlassen dist/{release} und sind Frames in"
    ),
    "Jobs that still render are left alone": "Jobs, die noch rendern, bleiben unberührt",
    "Looking at ‘{release}’": "‚{release}‘ wird angesehen",
    "No folder is chosen": "Kein Ordner ist gewählt",
    "No frame is finished yet": "Noch ist kein Frame fertig",
    "No frame is ready to be delivered": "Kein Frame ist lieferbereit",
    "No frames to name": "Keine Frames zu benennen",
    "No job is shown": "Kein Job wird gezeigt",
    "No job was changed": "Kein Job wurde geändert",
    "No task has failed": "Kein Task ist fehlgeschlagen",
    "Node ‘{node}’ is muted": "Node ‚{node}‘ ist stumm",
    "Nothing is followed": "Nichts wird verfolgt",
    "Nothing is followed in background mode": "Im Hintergrundmodus wird nichts verfolgt",
    "Nothing is to be rendered again": "Nichts ist neu zu rendern",
    "Nothing to replace: the jobs were replaced already": (
        "Nichts zu ersetzen: Die Jobs sind schon ersetzt"
    ),
    "Online access is on": "Online-Zugriff ist an",
    "Only a Flamenco Manager has a page": "Nur ein Flamenco-Manager hat eine Seite",
    "Other people's jobs are among them: {owners}": "Jobs anderer sind dabei: {owners}",
    "Release ‘{name}’ is archived; restore it, or choose another name": (
        "Release ‚{name}‘ ist archiviert; wiederherstellen oder einen anderen Namen wählen"
    ),
    "Scene ‘{scene}’ is rendered through ‘{camera}’": (
        "Szene ‚{scene}‘ wird durch ‚{camera}‘ gerendert"
    ),
    "Scene ‘{scene}’ renders RGB": "Szene ‚{scene}‘ rendert RGB",
    "Scene ‘{scene}’ renders frames {start} to {end}": (
        "Szene ‚{scene}‘ rendert Frames {start} bis {end}"
    ),
    "Scene ‘{scene}’ renders {file_format} files": (
        "Szene ‚{scene}‘ rendert Dateien im Format {file_format}"
    ),
    "Some frames do not pass. Repair them, or harvest what passed": (
        "Einige Frames sind nicht gut. Reparieren, oder ernten, was gut ist"
    ),
    "Starting this computer's manager": "Der Manager dieses Computers startet",
    "Stopping this computer's manager": "Der Manager dieses Computers hält an",
    "Taking back the last delivery of ‘{release}’": (
        "Letzte Lieferung von ‚{release}‘ wird zurückgenommen"
    ),
    "The Manager does not answer; the jobs are as they were when it last did": (
        "Der Manager antwortet nicht; die Jobs stehen da wie bei seiner letzten Antwort"
    ),
    "The Manager has no page of this job": "Der Manager hat keine Seite dieses Jobs",
    "The Manager has told of no other folder": "Der Manager hat keinen anderen Ordner genannt",
    "The address of the Manager must be corrected first": (
        "Zuerst muss die Adresse des Managers berichtigt werden"
    ),
    "The command line has {count} new setting": "Die Kommandozeile hat {count} neue Einstellung",
    "The command line has {count} new settings": "Die Kommandozeile hat {count} neue Einstellungen",
    "The command line uses these preferences already": (
        "Die Kommandozeile benutzt diese Einstellungen schon"
    ),
    "The contact sheet is ‘{sheet}’": "Der Kontaktbogen ist ‚{sheet}‘",
    "The extension is not enabled in Blender's preferences": (
        "Die Erweiterung ist in Blenders Einstellungen nicht aktiviert"
    ),
    "The farm": "Die Farm",
    "The frames need about {needed}, {free} are free on the volume": (
        "Die Frames brauchen etwa {needed}, {free} sind auf dem Volume frei"
    ),
    "The job has no folder yet": "Der Job hat noch keinen Ordner",
    "The list does not show this job": "Die Liste zeigt diesen Job nicht",
    "The list still shows another release": "Die Liste zeigt noch ein anderes Release",
    "The log is in the clipboard": "Das Log ist in der Zwischenablage",
    "The release is unpacked to releases/{archive}.": (
        "Das Release wird nach releases/{archive} entpackt."
    ),
    "The scene is called ‘{scene}’ now": "Die Szene heißt jetzt ‚{scene}‘",
    "There are no preferences to show": "Es gibt keine Einstellungen zu zeigen",
    "There is a release ‘{name}’ already, which differs in case alone": (
        "Es gibt schon ein Release ‚{name}‘, nur anders groß und klein geschrieben"
    ),
    "There is no extra header {number}": "Es gibt keinen weiteren Header {number}",
    "There is no notice": "Es gibt keinen Hinweis",
    "This computer is ready to render": "Dieser Computer ist bereit zu rendern",
    "This computer renders no more": "Dieser Computer rendert nicht mehr",
    "This computer's manager is not running": "Der Manager dieses Computers läuft nicht",
    "This computer's manager was not running": "Der Manager dieses Computers lief nicht",
    "This file has no scene ‘{scene}’ of its own": "Diese Datei hat keine eigene Szene ‚{scene}‘",
    "This task has not failed": "Dieser Task ist nicht fehlgeschlagen",
    "Unexpected error: {error}": "Unerwarteter Fehler: {error}",
    "What still renders is cancelled, and logs are lost. Frames stay.": (
        "Was noch rendert, wird abgebrochen, Logs gehen verloren. Frames bleiben."
    ),
    "Writing the configuration": "Die Konfiguration wird geschrieben",
    "frame {frames}": "Frame {frames}",
    "frames {frames}": "Frames {frames}",
    "releases/{release} is removed, and its finished jobs on the farm.": (
        "releases/{release} wird entfernt, auch seine fertigen Jobs auf der Farm."
    ),
    "releases/{release}/out again. Nothing is lost.": (
        "releases/{release}/out. Nichts geht verloren."
    ),
    "releases/{release}/superseded/dist.": "releases/{release}/superseded/dist.",
    "{count} file": "{count} Datei",
    "{count} files": "{count} Dateien",
    "{count} job is repaired": "{count} Job ist repariert",
    "{count} jobs are repaired": "{count} Jobs sind repariert",
    "{count} more with other problems": "{count} weitere mit anderen Problemen",
    "{count} of {user}": "{count} von {user}",
    "{names} and {count} more": "{names} und {count} weitere",
    "‘{name}’ uses '{path}' now": "‚{name}‘ benutzt jetzt '{path}'",
    "‘{release}’ {done} of {total} frames": "‚{release}‘ {done} von {total} Frames",
    "‘{release}’ {done} of {total} frames · {time}": (
        "‚{release}‘ {done} von {total} Frames · {time}"
    ),
    "{seconds} s": "{seconds} Sek.",
    "{hours} h": "{hours} Std.",
    "{days} d": "{days} T.",
    "{days} d {hours} h": "{days} T. {hours} Std.",
}
