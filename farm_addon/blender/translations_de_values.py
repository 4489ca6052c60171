# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tooltips of values in German: properties, and what operators are told."""

MESSAGES: dict[str, str] = {
    "Address of the Flamenco Manager, such as http://farm.local:8080": (
        "Adresse des Flamenco-Managers, etwa http://farm.local:8080"
    ),
    "Camera object of the scene. Empty: its only one": "Kameraobjekt der Szene. Leer: das einzige",
    "Camera of the row, or empty": "Kamera der Zeile, oder leer",
    "Camera or view layer that is selected in the list": (
        "Kamera oder Ansichtsebene, die in der Liste gewählt ist"
    ),
    "Camera that it is rendered through": "Kamera, durch die gerendert wird",
    "Files that are shown": "Dateien, die gezeigt werden",
    "Folder of the farm for this file, where it is another than in the preferences. "
    "Empty: the one in the preferences": (
        "Ordner der Farm für diese Datei, wo er ein anderer ist als in den Einstellungen. "
        "Leer: der aus den Einstellungen"
    ),
    "Folder of the farm, as this computer sees it": (
        "Ordner der Farm, wie dieser Computer ihn sieht"
    ),
    "Folder of the farm, as this computer sees it. It holds releases, deliveries and archives": (
        "Ordner der Farm, wie dieser Computer ihn sieht. Er enthält Releases, Lieferungen und"
        " Archive"
    ),
    "Folder of the files; all .blend files in it and below where none is chosen": (
        "Ordner der Dateien; alle .blend-Dateien darin und darunter, wo keine gewählt ist"
    ),
    "Folder that becomes the volume. Empty: the one that is chosen already": (
        "Ordner, der das Volume wird. Leer: der schon gewählte"
    ),
    "Format of the rendered files": "Format der gerenderten Dateien",
    "Frames to render instead of the scenes' own, such as 1-100, 1-100x5 or 1,5,9. Empty:"
    " each scene's own": (
        "Frames statt derer der Szenen, etwa 1-100, 1-100x5 oder 1,5,9. Leer: die jeder Szene"
    ),
    "How many frames a Worker renders before it fetches more. Large chunks spare the time"
    " to load the file, small ones spread a job over more Workers": (
        "Wie viele Frames ein Worker rendert, bevor er mehr holt. Viele sparen Zeit beim "
        "Laden der Datei, wenige verteilen einen Job auf mehr Worker"
    ),
    "How many frames this computer renders at the same time, where it renders by itself. "
    "0: as many as suit it": (
        "Wie viele Frames dieser Computer gleichzeitig rendert, wo er selbst rendert. 0: so "
        "viele, wie zu ihm passen"
    ),
    "Image with painted pixels": "Bild mit gemalten Pixeln",
    "Job whose details are shown": "Job, der genau gezeigt wird",
    "Job whose frames are told in full": "Job, dessen Frames genau genannt werden",
    "Jobs of a higher priority are rendered first": (
        "Jobs höherer Priorität werden zuerst gerendert"
    ),
    "Jobs with a higher number are rendered first": "Jobs mit höherer Zahl werden zuerst gerendert",
    "Last frame, which is rendered too": "Letzter Frame, der auch gerendert wird",
    "Name of a camera or view layer": "Name einer Kamera oder Ansichtsebene",
    "Name of the File Output node": "Name des Nodes der Dateiausgabe",
    "Name of the archived release": "Name des archivierten Release",
    "Name of the datablock that uses the file": "Name des Datenblocks, der die Datei benutzt",
    "Name of the header, such as Authorization": "Name des Headers, etwa Authorization",
    "Name of the job to show": "Name des Jobs, der gezeigt wird",
    "Name of the release that this file's scenes are planned into. It becomes a folder on"
    " the volume": (
        "Name des Release, für das die Szenen dieser Datei geplant werden. Er wird ein Ordner"
        " auf dem Volume"
    ),
    "Name that it gets": "Name, den sie bekommt",
    "Name the release like this": "Das Release so nennen",
    "Names of the jobs, one a line or between commas. Empty: the jobs that are ticked in "
    "the list, else the active one": (
        "Namen der Jobs, einer je Zeile oder zwischen Kommas. Leer: die in der Liste "
        "angekreuzten, sonst der aktive"
    ),
    "Node group that the node is in. Empty: the compositor itself": (
        "Node-Gruppe, in der der Node ist. Leer: der Compositor selbst"
    ),
    "One OpenEXR file for each frame": "Eine OpenEXR-Datei für jeden Frame",
    "One PNG file for each frame": "Eine PNG-Datei für jeden Frame",
    "Only Workers with this tag render the jobs. Empty: as the farm's configuration says,"
    " else any Worker": (
        "Nur Worker mit diesem Tag rendern die Jobs. Leer: wie die Konfiguration der Farm "
        "sagt, sonst jeder Worker"
    ),
    "Order of the jobs": "Reihenfolge der Jobs",
    "PEM file with the certificate authorities to trust, for a Manager at an https:// "
    "address with the studio's own certificate. Empty: the usual ones": (
        "PEM-Datei mit den Zertifizierungsstellen, denen vertraut wird, für einen Manager "
        "unter https:// mit eigenem Zertifikat des Studios. Leer: die üblichen"
    ),
    "Path of the missing file": "Pfad der fehlenden Datei",
    "Program that renders on this computer. Empty: the Blender that submits": (
        "Programm, das auf diesem Computer rendert. Leer: das Blender, das sendet"
    ),
    "Scene that has no active camera": "Szene ohne aktive Kamera",
    "Scene that is renamed": "Szene, die umbenannt wird",
    "Scene that is selected in the list": "Szene, die in der Liste gewählt ist",
    "Scene that it is in": "Szene, in der sie ist",
    "Scene that the row is of": "Szene der Zeile",
    "Scene whose colour mode is changed": "Szene, deren Farbmodus geändert wird",
    "Scene whose compositor has the node": "Szene, deren Compositor den Node hat",
    "Scene whose frame range is changed": "Szene, deren Framebereich geändert wird",
    "Scene whose output format is changed": "Szene, deren Ausgabeformat geändert wird",
    "Template of the names of delivered files, from {job}, {frame:04d}, {ext} and the "
    "fields of job names. Empty: as in the preferences": (
        "Vorlage der Namen gelieferter Dateien, aus {job}, {frame:04d}, {ext} und den Feldern"
        " der Jobnamen. Leer: wie in den Einstellungen"
    ),
    "Template of the names of delivered files, such as {job}_{frame:06d}.{ext}. Empty: "
    "the job's name, with the frame's number where it has several": (
        "Vorlage der Namen gelieferter Dateien, etwa {job}_{frame:06d}.{ext}. Leer: der Name "
        "des Jobs, mit der Nummer des Frames, wo es mehrere sind"
    ),
    "Template of the names of jobs, from {release}, {file}, {scene}, {camera} and "
    "{view_layer}. Empty: as in the preferences": (
        "Vorlage der Namen von Jobs, aus {release}, {file}, {scene}, {camera} und "
        "{view_layer}. Leer: wie in den Einstellungen"
    ),
    "Template of the names of new jobs, from release, file, scene, camera and view_layer "
    "in braces. Empty: the file's name, with the scene's where it has several": (
        "Vorlage der Namen neuer Jobs, aus release, file, scene, camera und view_layer in "
        "geschweiften Klammern. Leer: der Name der Datei, mit dem der Szene, wo es mehrere "
        "sind"
    ),
    "The jobs that are not ticked now": "Die Jobs, die jetzt nicht angekreuzt sind",
    "The jobs that failed or that get nowhere any more": (
        "Die Jobs, die fehlschlugen oder nicht mehr vorankommen"
    ),
    "The jobs that something they depend on has made stale": (
        "Die Jobs, die veraltet sind, weil sich etwas geändert hat, das sie benutzen"
    ),
    "The jobs that wait or render": "Die Jobs, die warten oder rendern",
    "Time between two looks at the Manager. 0: often while something renders, seldom otherwise": (
        "Zeit zwischen zwei Blicken auf den Manager. 0: oft, solange etwas rendert, sonst selten"
    ),
    "Type of the datablock that uses the file": "Typ des Datenblocks, der die Datei benutzt",
    "Value of the header, such as a token. It is kept in Blender's preferences alone": (
        "Wert des Headers, etwa ein Token. Er wird nur in Blenders Einstellungen aufgehoben"
    ),
    "Verified archives of finished releases": "Geprüfte Archive fertiger Releases",
    "View layer of the row, or empty": "Ansichtsebene der Zeile, oder leer",
    "View layer that is rendered": "Ansichtsebene, die gerendert wird",
    "What becomes a job of its own": "Was ein eigener Job wird",
    "What is wrong or odd": "Was falsch oder merkwürdig ist",
    "What kind of finding it is": "Was für ein Befund es ist",
    "What kind of warning it is": "Was für eine Warnung es ist",
    "What the client gets: named frames": "Was der Kunde bekommt: benannte Frames",
    "What the finding is about": "Worum es bei dem Befund geht",
    "What to do about it": "Was dagegen zu tun ist",
    "Where the file is now": "Wo die Datei jetzt ist",
    "Where the pixels are kept": "Wo die Pixel aufgehoben werden",
    "Whether it blocks (error), or should be looked at": (
        "Ob er hindert (Fehler) oder angesehen werden sollte"
    ),
    "Which folder to open": "Welcher Ordner geöffnet wird",
    "Which header, from 0 on": "Welcher Header, von 0 an",
    "Which of the failed tasks, from 0": "Welcher der fehlgeschlagenen Tasks, von 0 an",
    "Which of the jobs that are shown to tick": "Welche der gezeigten Jobs angekreuzt werden",
    "Which one, counted from the newest; -1 for all": (
        "Welcher, vom neuesten an gezählt; -1 für alle"
    ),
    "Who renders": "Wer rendert",
}
