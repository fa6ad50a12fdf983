"""Package `sportcoach` for colcon (ament_python); its messages are the package in `sportcoach_msgs`."""

from pathlib import Path

from setuptools import setup

PACKAGES = ("sportcoach", "sportcoach_feedback", "sportcoach_perception", "sportcoach_recognition", "sportcoach_sim")

NODES = {
    "sportcoach": ("recorder_node", "replay_node", "view_node", "viewer_node"),
    "sportcoach_feedback": ("feedback_node", "haptic_node", "voice_node"),
    "sportcoach_perception": ("camera_node", "fusion_node", "imu_node", "pose_node"),
    "sportcoach_recognition": ("recognition_node",),
    "sportcoach_sim": ("sim_athlete_node",),
}


def subpackages(package: str) -> list[str]:
    """`package` and the packages inside it."""
    return sorted(".".join(file.parent.parts) for file in Path(package).rglob("__init__.py"))


def data(package: str) -> list[str]:
    """Files of `package` that are not code (weights, catalogues, templates), relative to it."""
    return sorted(
        str(file.relative_to(package))
        for file in Path(package).rglob("*")
        if file.is_file() and file.suffix not in (".py", ".pyc")
    )


def shared(folder: str) -> list[tuple[str, list[str]]]:
    """Every file below `folder` with the place under share/sportcoach where it is installed."""
    parents = sorted({file.parent for file in Path(folder).rglob("*") if file.is_file() and file.suffix != ".pyc"})
    return [
        (f"share/sportcoach/{parent}", sorted(str(f) for f in parent.iterdir() if f.is_file() and f.suffix != ".pyc"))
        for parent in parents
    ]


setup(
    name="sportcoach",
    version="0.1.0",
    description="Real-time coaching of sports movements with a camera and limb IMUs",
    license="Apache-2.0",
    maintainer="sportcoach maintainers",
    maintainer_email="maintainers@sportcoach.example",
    packages=[name for package in PACKAGES for name in subpackages(package)],
    package_data={package: data(package) for package in PACKAGES},
    data_files=[
        ("share/ament_index/resource_index/packages", ["resource/sportcoach"]),
        ("share/sportcoach", ["package.xml"]),
        *shared("launch"),
        *shared("config"),
    ],
    install_requires=["setuptools"],
    extras_require={"ble": ["bleak==3.1.0"]},
    zip_safe=False,
    entry_points={
        "console_scripts": [
            "sportcoach = sportcoach.cli:main",
            *(f"{node} = {package}.{node}:main" for package, nodes in NODES.items() for node in nodes),
        ]
    },
)
