#!/bin/sh
# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# in-root PROGRAM ARGUMENTS…: run a program of the Debian root as if it were installed on this host.
#
# The program sees every folder of the host that the root does not fill itself, under the same path: home,
# temporary folders, volumes, checkouts, caches; also its network, display and processes. Folders below
# /usr, /etc or /var are handed through where a variable below names them; FARM_SHARE may name more (a:b:c).
# As root the program replaces this shell (same process id), so signals and exit status are the program's own.

set -eu
root='@ROOT@'
mode='@MODE@'

# Inside already: the marker is a file of the root itself.
if [ -e /.farm_addon_root ]; then
    exec "$@"
fi

is_empty() {
    for entry in "$1"/* "$1"/.[!.]*; do
        if [ -e "$entry" ] || [ -L "$entry" ]; then return 1; fi
    done
    return 0
}

# Print the folders to hand through, one a line.
shared_folders() {
    for folder in /* /var/*; do
        case $folder in /proc | /sys | /dev | /lost+found | *'*') continue ;; esac
        if [ -d "$folder" ] && is_empty "$root$folder"; then echo "$folder"; fi
    done
    IFS=:
    for folder in "$PWD" "${HOME:-}" "${TMPDIR:-}" "${XDG_CONFIG_HOME:-}" "${XDG_CACHE_HOME:-}" \
        "${XDG_DATA_HOME:-}" "${XDG_STATE_HOME:-}" "${XDG_RUNTIME_DIR:-}" "${BLENDER_USER_RESOURCES:-}" ${FARM_SHARE:-}; do
        case $folder in /usr/?* | /etc/?* | /var/?*/?*) ;; *) continue ;; esac
        if [ -d "$folder" ] && is_empty "$root$folder"; then echo "$folder"; fi
    done
}

unset LD_LIBRARY_PATH LD_PRELOAD PYTHONHOME || true
host_files='/etc/passwd /etc/group /etc/hosts /etc/resolv.conf'

if [ "$mode" = chroot ] && [ "$(id -u)" = 0 ]; then
    if [ "${FARM_IN_ROOT_STAGE:-}" != "$$" ]; then
        # unshare replaces this shell, so the process id tells the second stage.
        FARM_IN_ROOT_STAGE=$$ exec unshare --mount --propagation private -- "$0" "$@"
    fi
    unset FARM_IN_ROOT_STAGE
    shared_folders | while IFS= read -r folder; do
        mkdir -p "$root$folder"
        mount --rbind "$folder" "$root$folder"
    done
    for folder in /dev /proc /sys; do mount --rbind "$folder" "$root$folder"; done
    for file in $host_files; do
        if [ -f "$file" ] && [ -f "$root$file" ]; then mount --bind "$file" "$root$file"; fi
    done
    PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin exec chroot "$root" /usr/bin/env --chdir="$PWD" "$@"
fi

# bubblewrap: it stays as the program's parent, and --die-with-parent ends the program with it.
set -- --setenv PATH /usr/local/bin:/usr/bin:/bin --chdir "$PWD" "$@"
for file in $host_files; do
    if [ -f "$file" ] && [ -f "$root$file" ]; then set -- --ro-bind "$file" "$file" "$@"; fi
done
while IFS= read -r folder; do
    if [ -n "$folder" ]; then set -- --bind "$folder" "$folder" "$@"; fi
done <<FOLDERS
$(shared_folders)
FOLDERS
exec bwrap --die-with-parent --bind "$root" / --dev-bind /dev /dev --proc /proc --ro-bind-try /sys /sys "$@"
