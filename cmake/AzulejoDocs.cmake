# The target `docs`: references generated into build/docs from what the code itself is generated
# from. They are never committed, so they cannot be out of date.

set(azulejo_docs ${PROJECT_BINARY_DIR}/docs)
set(azulejo_references)

# azulejo_reference(FILE.md FILE.td FLAG...)
function(azulejo_reference output td)
  get_filename_component(folder ${azulejo_docs}/${output} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(OUTPUT ${azulejo_docs}/${output}
    COMMAND mlir-tblgen ${ARGN} ${td} -I ${PROJECT_SOURCE_DIR} -I ${PROJECT_BINARY_DIR} -I ${MLIR_INCLUDE_DIRS}
            -o ${azulejo_docs}/${output}
    DEPENDS ${td} VERBATIM)
  set(azulejo_references ${azulejo_references} ${azulejo_docs}/${output} PARENT_SCOPE)
endfunction()

file(GLOB passes CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/*/Passes.td)
foreach(td ${passes})
  get_filename_component(folder ${td} DIRECTORY)
  get_filename_component(stage ${folder} NAME)
  azulejo_reference(passes/${stage}.md ${td} -gen-pass-doc)
endforeach()

azulejo_reference(dialects/plan.md ${PROJECT_SOURCE_DIR}/dialects/Plan/PlanOps.td -gen-dialect-doc -dialect=plan)
azulejo_reference(dialects/tile.md ${PROJECT_SOURCE_DIR}/dialects/Tile/TileOps.td -gen-dialect-doc -dialect=tile)
get_property(families GLOBAL PROPERTY AZULEJO_ONNX_FAMILIES)
foreach(family ${families})
  azulejo_reference(dialects/onnx/${family}.md ${PROJECT_BINARY_DIR}/dialects/ONNX/ONNX${family}.td
    -gen-op-doc -dialect=onnx)
endforeach()

add_custom_target(docs DEPENDS ${azulejo_references})
add_dependencies(docs onnx-dialect-files)
