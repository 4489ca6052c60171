# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of jobs' newest frames, made when somebody looks, and served as files."""

from __future__ import annotations

import http.client
import json
import os
import threading
from collections.abc import Callable, Sequence
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import OpenImageIO
import pytest

from farm_addon.background.runtime import BlenderRuntime
from farm_addon.core.errors import BlenderError
from farm_addon.decoding.previews import Preview, write_previews
from farm_addon.local_manager.events import DeletionRequested
from farm_addon.local_manager.model import Job
from farm_addon.local_manager.pictures import SIZES_PX, JobPictures
from tests.fakes.local_service import TOKEN, LocalService, no_blender, wait_until
from tests.fakes.pictures import write_picture
from tests.local_manager.conftest import OpenService

API = "/api/v3"
UNKNOWN = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def local(open_service: OpenService) -> LocalService:
    return open_service().start()


class Web:
    """Asks for pictures."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc

    def get(self, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
        connection = http.client.HTTPConnection(self._host, timeout=10)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", path, headers={"X-Farm-Token": TOKEN, **named})
            response = connection.getresponse()
            return response.status, response.read(), dict(response.headers)
        finally:
            connection.close()

    def last_rendered(self, job_id: str = "") -> dict[str, Any] | None:
        which = f"jobs/{job_id}/last-rendered" if job_id else "jobs/last-rendered"
        status, content, _ = self.get(f"{API}/{which}")
        assert status == (200 if content else 204)
        return json.loads(content) if content else None

    def picture(self, job_id: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
        found = self.last_rendered(job_id)
        assert found is not None
        return self.get(f"{found['base']}/{found['suffixes'][0]}", **headers)


@pytest.fixture
def web(local: LocalService) -> Web:
    return Web(local.serve())


def rendered(local: LocalService, out: Path, frames: str = "1-3", **changes: Any) -> Job:
    """Submit a job and wait until it is done; the double of the renderer writes nothing."""
    job = local.submit(render_output_path=f"{out.as_posix()}/######", frames=frames, **changes)
    return local.wait_for(job.id, "completed")


def frame(out: Path, number: int, extension: str = "png", **options: Any) -> Path:
    out.mkdir(exist_ok=True)
    return write_picture(out / f"{number:06d}.{extension}", **options)


def level_of(content: bytes, folder: Path) -> tuple[int, int, float]:
    """Return width, height and mean of a JPEG."""
    assert content[:3] == b"\xff\xd8\xff"
    path = folder / "looked-at.jpg"
    path.write_bytes(content)
    image = OpenImageIO.ImageBuf(str(path))
    spec, pixels = image.spec(), image.get_pixels(OpenImageIO.FLOAT)
    assert image.file_format_name == "jpeg"
    assert spec.nchannels == 3
    return spec.width, spec.height, float(pixels.mean())


def test_there_is_no_picture_before_there_is_a_frame(
    local: LocalService, web: Web, tmp_path: Path
) -> None:
    local.runner.gate.clear()
    job = local.submit(render_output_path=f"{tmp_path.as_posix()}/out/######")
    frame(tmp_path / "out", 1)  # begun, and nobody said that it is done
    assert web.last_rendered(job.id) is None
    assert web.last_rendered() is None
    local.runner.gate.set()
    local.wait_for(job.id, "completed")
    assert web.last_rendered(job.id) is not None


def test_a_job_without_files_or_that_nobody_knows_has_no_picture(
    local: LocalService, web: Web, tmp_path: Path
) -> None:
    assert web.last_rendered(rendered(local, tmp_path / "out").id) is None
    assert web.last_rendered(UNKNOWN) is None
    assert web.get(f"{API}/jobs/7/last-rendered")[0] == 400
    assert web.get(f"/job-files/job-1111/{UNKNOWN}/last-rendered.jpg")[0] == 404


def test_three_pictures_are_served_that_fit_and_are_not_enlarged(
    local: LocalService, web: Web, tmp_path: Path
) -> None:
    frame(tmp_path / "out", 3, width=800, height=400)
    job = rendered(local, tmp_path / "out")
    found = web.last_rendered(job.id)
    assert found == {
        "base": f"/job-files/job-{job.id[:4]}/{job.id}",
        "suffixes": ["last-rendered.jpg", "last-rendered-small.jpg", "last-rendered-tiny.jpg"],
    }
    sizes = []
    for suffix in found["suffixes"]:
        status, content, headers = web.get(f"{found['base']}/{suffix}")
        assert (status, headers["Content-Type"]) == (200, "image/jpeg")
        sizes.append(level_of(content, tmp_path)[:2])
    assert sizes == [(800, 400), (600, 300), (200, 100)]


@pytest.mark.parametrize(
    ("extension", "file_format", "pixel_type"),
    [("png", "PNG", "uint8"), ("jpg", "JPEG", "uint8"), ("tif", "TIFF", "uint16")],
)
def test_pictures_show_the_frames_colours(
    local: LocalService, web: Web, tmp_path: Path, extension: str, file_format: str, pixel_type: str
) -> None:
    frame(tmp_path / "out", 1, extension, pixel_type=pixel_type, level=0.5)
    job = rendered(
        local, tmp_path / "out", "1", format=file_format, image_file_extension=f".{extension}"
    )
    assert level_of(web.picture(job.id)[1], tmp_path)[2] == pytest.approx(0.5, abs=0.02)


def test_a_linear_frame_is_shown_as_screens_show_it(
    local: LocalService, web: Web, tmp_path: Path
) -> None:
    frame(tmp_path / "out", 1, "exr", pixel_type="half", level=0.2140)
    job = rendered(local, tmp_path / "out", "1", format="OPEN_EXR", image_file_extension=".exr")
    assert level_of(web.picture(job.id)[1], tmp_path)[2] == pytest.approx(0.5, abs=0.02)


def test_the_newest_frame_is_shown_and_asking_again_tells_whether_there_is_a_newer_one(
    local: LocalService, web: Web, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    newest = frame(out, 3, level=0.25)
    job = rendered(local, out)
    status, content, headers = web.picture(job.id)
    assert (status, level_of(content, tmp_path)[2]) == (200, pytest.approx(0.25, abs=0.02))
    since = {"If_Modified_Since": headers["Last-Modified"]}
    assert web.picture(job.id, **since)[:2] == (304, b"")
    made = newest.stat()
    frame(out, 3, level=0.75)
    os.utime(newest, ns=(made.st_mtime_ns, made.st_mtime_ns + 1))  # within the same second
    status, content, later = web.picture(job.id, **since)
    assert (status, level_of(content, tmp_path)[2]) == (200, pytest.approx(0.75, abs=0.02))
    before, after = (parsedate_to_datetime(one["Last-Modified"]) for one in (headers, later))
    assert after > before


def test_a_frame_that_cannot_be_read_leaves_the_one_before(
    local: LocalService, web: Web, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    frame(out, 2, level=0.25)
    (out / "000003.png").write_bytes(b"\x89PNG\r\n\x1a\ncut off")
    job = rendered(local, out)
    assert level_of(web.picture(job.id)[1], tmp_path)[2] == pytest.approx(0.25, abs=0.02)


def test_a_frame_that_was_delivered_leaves_its_picture(
    local: LocalService, web: Web, tmp_path: Path
) -> None:
    path = frame(tmp_path / "out", 1)
    job = rendered(local, tmp_path / "out", "1")
    shown = web.picture(job.id)[1]
    path.unlink()
    assert web.picture(job.id)[1] == shown


def test_nothing_is_made_while_nobody_looks(local: LocalService, web: Web, tmp_path: Path) -> None:
    frame(tmp_path / "out", 1)
    job = rendered(local, tmp_path / "out", "1")
    picture = local.service.pictures.path(job.id, "last-rendered.jpg")
    assert not picture.exists()
    web.last_rendered(job.id)
    assert picture.exists()


def test_the_farms_picture_is_that_of_the_job_that_rendered_last(
    local: LocalService, web: Web, tmp_path: Path
) -> None:
    jobs = []
    for name in ("a", "b", "empty"):
        if name != "empty":
            frame(tmp_path / name, 1)
        jobs.append(rendered(local, tmp_path / name, "1"))
    found = web.last_rendered()
    assert found is not None
    assert found["base"].endswith(jobs[1].id)


def test_pictures_go_with_their_job(local: LocalService, web: Web, tmp_path: Path) -> None:
    frame(tmp_path / "out", 1)
    job = rendered(local, tmp_path / "out", "1")
    web.last_rendered(job.id)
    folder = local.service.pictures.path(job.id, "last-rendered.jpg").parent
    assert folder.is_dir()
    local.service.dispatch(DeletionRequested(job.id))
    wait_until(lambda: not folder.exists())
    assert web.last_rendered(job.id) is None


# --- without HTTP ---------------------------------------------------------------------------------


def pictures_with(folder: Path, make: Callable[..., bool]) -> JobPictures:
    return JobPictures(lambda job_id: folder / "pictures" / job_id, make, no_blender)


def test_a_picture_that_cannot_be_made_is_none_and_no_error(
    local: LocalService, tmp_path: Path
) -> None:
    frame(tmp_path / "out", 1)
    job = rendered(local, tmp_path / "out", "1")

    def fail(*_: object) -> bool:
        raise BlenderError("there is no Blender")

    assert not pictures_with(tmp_path, fail).refresh(job)
    assert pictures_with(tmp_path, fail).newest([job]) is None


def test_the_blender_of_the_job_is_the_one_to_ask(local: LocalService, tmp_path: Path) -> None:
    frame(tmp_path / "out", 1)
    job = rendered(local, tmp_path / "out", "1", farm_blender="executable:/opt/blender")
    asked = []

    def make(source: Path, wanted: Sequence[Preview], find: Callable[[], BlenderRuntime]) -> bool:
        asked.append(find().text())
        return write_previews(source, wanted)

    assert pictures_with(tmp_path, make).refresh(job)
    assert asked == ["executable:/opt/blender"]


def test_while_a_picture_is_made_the_one_before_is_good_enough(
    local: LocalService, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    path = frame(out, 1)
    job = rendered(local, out, "1")
    begun, go_on = threading.Event(), threading.Event()
    go_on.set()

    def make(source: Path, wanted: Sequence[Preview], find: Callable[[], BlenderRuntime]) -> bool:
        begun.set()
        assert go_on.wait(10)
        return write_previews(source, wanted)

    pictures = pictures_with(tmp_path, make)
    assert pictures.refresh(job)
    os.utime(path, (1, 1))
    begun.clear()
    go_on.clear()
    slow = threading.Thread(target=pictures.refresh, args=(job,))
    slow.start()
    assert begun.wait(10)
    assert pictures.refresh(job)
    go_on.set()
    slow.join(10)
    assert {name.name for name in (tmp_path / "pictures" / job.id).iterdir()} == set(SIZES_PX)
