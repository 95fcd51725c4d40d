"""How compiled code opens a handle: a pointer to the table of a circle's state, arrays as its attributes.

The table does not change while a kernel runs, which LLVM is told, so each address is loaded once.
"""

from typing import Any

from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, lower_getattr_generic, models, overload, register_model
from numba.np.arrayobj import populate_array
from numba.np.numpy_support import from_dtype

from sim.engine.circle import records as of
from sim.engine.circle.state import ARRAYS, PLACE, opened

__all__ = ["opened"]


class StateType(types.Type):
    """A State in compiled code: the address of its table."""

    def __init__(self) -> None:
        super().__init__(name="State")


register_model(StateType)(models.OpaqueModel)
_STATE = StateType()
_TYPES: dict[str, types.Type] = {
    name: types.Array(from_dtype(dtype), dimensions, "C") for name, (dtype, dimensions) in ARRAYS.items()
}
_TYPES["reg"] = from_dtype(of.REGISTERS)


@intrinsic
def _opened(_typing, _handle):
    """Take the number for an address."""

    def codegen(_context, builder, _signature, arguments):
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return _STATE(types.int64), codegen


@overload(opened, inline="always")
def _open_compiled(handle):  # noqa: ARG001  # its name must be that of the argument
    return lambda handle: _opened(handle)


@infer_getattr
class _Attributes(AttributeTemplate):  # type: ignore[misc] # numba has no types
    key = StateType

    def generic_resolve(self, _state: StateType, name: str) -> types.Type | None:
        return _TYPES.get(name)


@lower_getattr_generic(StateType)
def _attribute(context: Any, builder: Any, *arguments: Any) -> Any:
    """Return a view on the array whose address and lengths are in the table."""
    _, value, name = arguments
    words = builder.bitcast(value, cgutils.intp_t.as_pointer())

    def word(k: int) -> Any:
        found = builder.load(cgutils.gep(builder, words, k))
        found.set_metadata("invariant.load", builder.module.add_metadata([]))
        return found

    place = PLACE["registers" if name == "reg" else name]
    data = builder.inttoptr(word(place), cgutils.voidptr_t)
    if name == "reg":
        return builder.bitcast(data, context.get_value_type(_TYPES["reg"]))
    kind = _TYPES[name]
    dimensions = ARRAYS[name][1]
    lengths = [word(place + 1 + k) for k in range(dimensions)]
    size = context.get_constant(types.intp, ARRAYS[name][0].itemsize)
    strides = [builder.mul(lengths[1], size), size] if dimensions == 2 else [size]
    array = context.make_array(kind)(context, builder)
    populate_array(
        array,
        data=builder.bitcast(data, array.data.type),
        shape=lengths,
        strides=strides,
        itemsize=size,
        meminfo=None,
    )
    return array._getvalue()
