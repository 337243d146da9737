from usersim_opt.models.offline.scene import Said, Scene
def with_failings(scene: Scene, said: Said) -> Said:
    return said
