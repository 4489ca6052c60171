# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tooltips of buttons in German."""

MESSAGES: dict[str, str] = {
    "A Flamenco Manager, wherever it runs": "Ein Flamenco-Manager, wo immer er läuft",
    "Cancel the ticked jobs and delete them from the Manager, with their logs. What they "
    "have rendered stays on the volume": (
        "Die angekreuzten Jobs abbrechen und mit ihren Logs vom Manager löschen. Was sie "
        "gerendert haben, bleibt auf dem Volume"
    ),
    "Cancel the ticked jobs on the farm. What they have rendered stays; Requeue lets them go on": (
        "Die angekreuzten Jobs auf der Farm abbrechen. Was sie gerendert haben, bleibt; „Neu "
        "einreihen“ lässt sie weitermachen"
    ),
    "Change the scene's frame range to one that can be rendered": (
        "Den Framebereich der Szene in einen ändern, der gerendert werden kann"
    ),
    "Check every frame and put new ones in the place of those that were delivered "
    "earlier, which are kept in the release's folder": (
        "Jeden Frame prüfen und neue an die Stelle früher gelieferter setzen; diese werden im"
        " Ordner des Release aufgehoben"
    ),
    "Check every frame of the release and deliver them under their names. Nothing is "
    "delivered unless all frames are whole": (
        "Jeden Frame des Release prüfen und unter seinem Namen liefern. Nichts wird "
        "geliefert, solange nicht alle Frames heil sind"
    ),
    "Choose how many frames a Worker renders at a time; otherwise the farm's "
    "configuration says it": (
        "Wählen, wie viele Frames ein Worker auf einmal rendert; sonst sagt es die "
        "Konfiguration der Farm"
    ),
    "Choose how urgent the jobs are; otherwise the farm's configuration says it": (
        "Wählen, wie dringend die Jobs sind; sonst sagt es die Konfiguration der Farm"
    ),
    "Choose the folder that all computers of the farm share": (
        "Den Ordner wählen, den alle Computer der Farm teilen"
    ),
    "Choose where the missing file is now": "Wählen, wo die fehlende Datei jetzt ist",
    "Copy the end of the failed task's log to the clipboard": (
        "Das Ende des Logs vom fehlgeschlagenen Task in die Zwischenablage kopieren"
    ),
    "Decode every frame that the release should have. Nothing is moved or rendered": (
        "Jeden Frame dekodieren, den das Release haben soll. Nichts wird bewegt oder gerendert"
    ),
    "Deliver the frames that pass; a later harvest adds the rest": (
        "Die guten Frames liefern; eine spätere Ernte bringt den Rest"
    ),
    "Do not say this again until another farm is chosen": (
        "Dies erst wieder sagen, wenn eine andere Farm gewählt ist"
    ),
    "Every job that the list shows": "Jeder Job, den die Liste zeigt",
    "Exact names of what it is about, as JSON": "Genaue Namen dessen, worum es geht, als JSON",
    "Follow how the release's jobs stand": "Verfolgen, wie die Jobs des Release stehen",
    "Give the scene a name that files can have on every system": (
        "Der Szene einen Namen geben, den Dateien auf jedem System haben können"
    ),
    "Keep what was painted into the image": "Behalten, was in das Bild gemalt wurde",
    "Let Blender and its extensions contact other computers. The same switch is in "
    "Blender's preferences, under System": (
        "Blender und seine Erweiterungen dürfen andere Computer ansprechen. Derselbe Schalter"
        " ist in Blenders Einstellungen unter System"
    ),
    "Let paused jobs go on": "Pausierte Jobs weitermachen lassen",
    "Let the command line on this computer use the Manager, certificates, headers and "
    "rendering of these preferences too. They are written into config.toml, which only "
    "you can read": (
        "Die Kommandozeile dieses Computers soll Manager, Zertifikate, Header und Rendern "
        "dieser Einstellungen auch benutzen. Sie werden in config.toml geschrieben, die nur "
        "du lesen kannst"
    ),
    "Let the jobs wait on the farm until somebody resumes them": (
        "Die Jobs warten auf der Farm, bis jemand sie fortsetzt"
    ),
    "Let the scene render {label} files, one for each frame": (
        "Die Szene Dateien im Format {label} rendern lassen, eine für jeden Frame"
    ),
    "Let the ticked jobs be rendered earlier or later than others. Tasks that run already go on": (
        "Die angekreuzten Jobs früher oder später als andere rendern lassen. Laufende Tasks "
        "machen weiter"
    ),
    "Look at the volume and ask the Manager again, now": (
        "Das Volume ansehen und den Manager noch einmal fragen, jetzt"
    ),
    "Look for everything that would go wrong on the farm. Nothing is written or sent": (
        "Nach allem suchen, was auf der Farm schiefginge. Nichts wird geschrieben oder gesendet"
    ),
    "Make all scenes of other .blend files jobs of this release too, with the same "
    "settings, and send the jobs to the Manager. Without a chosen file, all files of the "
    "folder are taken": (
        "Alle Szenen anderer .blend-Dateien auch zu Jobs dieses Release machen, mit denselben"
        " Einstellungen, und an den Manager senden. Ohne gewählte Datei werden alle Dateien "
        "des Ordners genommen"
    ),
    "Make an archive a working release again. The archive stays": (
        "Aus einem Archiv wieder ein Release machen. Das Archiv bleibt"
    ),
    "Make each ticked row a job of the release, as the scenes are now, and send the jobs "
    "to the Manager. The open file is neither saved nor changed": (
        "Jede angekreuzte Zeile zu einem Job des Release machen, wie die Szenen jetzt sind, "
        "und an den Manager senden. Die offene Datei wird weder gespeichert noch geändert"
    ),
    "Make the Manager's own shared storage the volume, since every Worker reaches that": (
        "Den geteilten Speicher des Managers zum Volume machen, denn den erreicht jeder Worker"
    ),
    "Make the chosen folder the volume of a farm. What lies in it stays as it is": (
        "Den gewählten Ordner zum Volume einer Farm machen. Was darin liegt, bleibt, wie es ist"
    ),
    "Make this camera or view layer a job of the release, or leave it out": (
        "Diese Kamera oder Ansichtsebene zu einem Job des Release machen, oder sie auslassen"
    ),
    "Make this scene a job of the release": "Diese Szene zu einem Job des Release machen",
    "Mute the File Output node: it would write beside the farm's own files": (
        "Den Node der Dateiausgabe stummschalten: Er schriebe neben die Dateien der Farm"
    ),
    "Open the job's newest frame in the program that this computer uses for such files": (
        "Den neuesten Frame des Jobs in dem Programm öffnen, das dieser Computer für solche "
        "Dateien benutzt"
    ),
    "Pack the delivered release into one verified archive, then remove its working folder"
    " and its finished jobs. The delivery stays": (
        "Das gelieferte Release in ein geprüftes Archiv packen, dann Arbeitsordner und "
        "fertige Jobs entfernen. Die Lieferung bleibt"
    ),
    "Pack the image into the .blend file": "Das Bild in die .blend-Datei packen",
    "Pause the ticked jobs: tasks that run go on to their end, and no other one is begun."
    " Needs Flamenco 3.6 or later": (
        "Die angekreuzten Jobs pausieren: Laufende Tasks gehen zu Ende, kein anderer beginnt."
        " Braucht Flamenco 3.6 oder neuer"
    ),
    "Plan one job for each scene, whatever cameras or view layers it has": (
        "Einen Job für jede Szene planen, gleich welche Kameras oder Ansichtsebenen sie hat"
    ),
    "Put this notice away": "Diesen Hinweis wegräumen",
    "Queue those of the ticked jobs again that failed, stalled, or were cancelled or "
    "paused. Frames that are rendered already are kept": (
        "Von den angekreuzten Jobs die neu einreihen, die fehlschlugen, stehen, abgebrochen "
        "oder pausiert sind. Gerenderte Frames bleiben"
    ),
    "Read an archive from beginning to end and compare every file in it with its checksum": (
        "Ein Archiv von Anfang bis Ende lesen und jede Datei darin mit ihrer Prüfsumme vergleichen"
    ),
    "Render again exactly the frames that do not pass. Bad files are kept aside; jobs "
    "that still render are left alone": (
        "Genau die Frames neu rendern, die nicht gut sind. Schlechte Dateien werden "
        "aufgehoben; Jobs, die noch rendern, bleiben unberührt"
    ),
    "Render all frames of the scenes, whatever markers they have": (
        "Alle Frames der Szenen rendern, gleich welche Marker sie haben"
    ),
    "Render images in this format": "Bilder in diesem Format rendern",
    "Render in colour, as the output format needs it": (
        "In Farbe rendern, wie das Ausgabeformat es braucht"
    ),
    "Render on this computer, without a farm": "Auf diesem Computer rendern, ohne Farm",
    "Render the frames that have markers in the timeline, and deliver them under the "
    "markers' names": (
        "Die Frames rendern, die in der Zeitleiste Marker haben, und unter deren Namen liefern"
    ),
    "Render the scene through one of its cameras; where it has several, choose which": (
        "Die Szene durch eine ihrer Kameras rendern; wo es mehrere sind, wählen, welche"
    ),
    "Render the ticked jobs anew, as their files are now: freeze them again, cancel what "
    "still renders, and send them as their next attempt. What was rendered is kept aside": (
        "Die angekreuzten Jobs neu rendern, wie ihre Dateien jetzt sind: neu einfrieren, "
        "abbrechen, was noch rendert, und als nächsten Versuch senden. Gerendertes wird "
        "aufgehoben"
    ),
    "Return at once and show the progress in the tab": (
        "Sofort zurückkehren und den Fortschritt im Tab zeigen"
    ),
    "Save the image's file": "Die Datei des Bildes speichern",
    "See whether the volume can be used, and what is on it": (
        "Nachsehen, ob das Volume benutzbar ist und was darauf liegt"
    ),
    "Select this job, to do something with several at once": (
        "Diesen Job auswählen, um mit mehreren zugleich etwas zu tun"
    ),
    "Send one more header with every request to the Manager, such as a token that the "
    "studio's proxy asks for": (
        "Mit jeder Anfrage an den Manager einen weiteren Header senden, etwa ein Token, das "
        "der Proxy des Studios verlangt"
    ),
    "Send this header no more": "Diesen Header nicht mehr senden",
    "Show all jobs of the release": "Alle Jobs des Release zeigen",
    "Show how the release's jobs get on as soon as a file of a release is open. Otherwise"
    " a click on Follow starts it": (
        "Zeigen, wie die Jobs vorankommen, sobald eine Datei eines Release offen ist. Sonst "
        "beginnt es mit einem Klick auf Verfolgen"
    ),
    "Show one picture of everything that is delivered, in an Image Editor of its own. It "
    "does not become a part of the open file": (
        "Ein Bild von allem Gelieferten in einem eigenen Bildeditor zeigen. Es wird kein Teil"
        " der offenen Datei"
    ),
    "Show only jobs that match: a part of the name, or a query such as status:failed age>2d": (
        "Nur passende Jobs zeigen: ein Teil des Namens, oder eine Abfrage wie status:failed age>2d"
    ),
    "Show the Manager's own page in the web browser": "Die Seite des Managers im Browser zeigen",
    "Show the extension's preferences: volume, Manager, certificates, extra headers": (
        "Die Einstellungen der Erweiterung zeigen: Volume, Manager, Zertifikate, weitere Header"
    ),
    "Show the folder in the file manager": "Den Ordner im Dateimanager zeigen",
    "Show the folder of the job's frames in the file manager": (
        "Den Ordner der Frames des Jobs im Dateimanager zeigen"
    ),
    "Show the job in the Manager's web page": "Den Job auf der Webseite des Managers zeigen",
    "Show the jobs in the opposite order": "Die Jobs in umgekehrter Reihenfolge zeigen",
    "Show the volume's folder in the file manager": "Den Ordner des Volumes im Dateimanager zeigen",
    "Show this job below the list": "Diesen Job unter der Liste zeigen",
    "Start the manager that renders on this computer. It starts by itself when something "
    "is submitted, and leaves when it has nothing to do": (
        "Den Manager starten, der auf diesem Computer rendert. Er startet von selbst, wenn "
        "etwas gesendet wird, und geht, wenn er nichts zu tun hat"
    ),
    "Stop following the jobs. They go on rendering": (
        "Die Jobs nicht mehr verfolgen. Sie rendern weiter"
    ),
    "Stop the manager that renders on this computer. What it has begun goes on when it is"
    " started again": (
        "Den Manager anhalten, der auf diesem Computer rendert. Was er begann, geht weiter, "
        "wenn er wieder startet"
    ),
    "Stop what is running. Nothing is lost; starting it again goes on where it stopped": (
        "Anhalten, was läuft. Nichts geht verloren; ein neuer Start macht dort weiter"
    ),
    "Take the last delivery back: its files become frames of the release again, and what "
    "it had replaced is delivered again": (
        "Die letzte Lieferung zurücknehmen: Ihre Dateien werden wieder Frames des Release, "
        "und was sie ersetzte, ist wieder geliefert"
    ),
    "Tell what becomes of this row, and why": "Sagen, was aus dieser Zeile wird, und warum",
    "The Manager that the volume's farm.toml names, else this computer": (
        "Der Manager, den farm.toml auf dem Volume nennt, sonst dieser Computer"
    ),
    "The finding that is shown in full": "Der Befund, der ganz gezeigt wird",
    "The release's working folder": "Der Arbeitsordner des Release",
    "Tick all rows; otherwise untick them": "Alle Zeilen ankreuzen; sonst alle Kreuze entfernen",
    "Tick jobs of the list, for the buttons below it": (
        "Jobs der Liste ankreuzen, für die Knöpfe darunter"
    ),
    "Tick or untick all rows of the file": "Alle Zeilen der Datei ankreuzen, oder keine",
    "Tick the row; otherwise untick it": "Die Zeile ankreuzen; sonst das Kreuz entfernen",
    "Tick what is not ticked, and untick what is": (
        "Ankreuzen, was nicht angekreuzt ist, und umgekehrt"
    ),
    "Tick {what}, and nothing else": "Nur ankreuzen: {what}",
    "Untick all jobs": "Keinen Job ankreuzen",
}
