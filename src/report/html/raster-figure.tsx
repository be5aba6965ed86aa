import type { HeatRaster } from "../charts/heat-raster.ts";
import { DataTable } from "./data-table.tsx";
import { Foreign } from "./text.tsx";

/** Heat map of more models than have room for a name, as an image, with the names of its rows in a folded table. */
export function RasterFigure({ raster }: { readonly raster: HeatRaster }) {
  const { names, leftOut } = raster;
  return (
    <>
      <figure class="raster" aria-labelledby="figure-raster">
        <div class="chart" role="img" aria-labelledby="figure-raster">
          <img class="day" src={raster.day} width={raster.size} height={raster.size} alt="" />
          <img class="night" src={raster.night} width={raster.size} height={raster.size} alt="" />
        </div>
        <figcaption id="figure-raster">
          Content affinity of every two of {names.length} models, one pixel each, in the order of the tree;
          the strips at the left and on top mark the reference (brown), suspects (blue) and baselines (grey).
          {leftOut > 0 && ` ${leftOut} models are in the data files only.`} The closest to the reference are
          named below.
        </figcaption>
      </figure>
      <details>
        <summary>Models by row</summary>
        <DataTable
          id="table-raster"
          narrow
          caption="Rows of the image from the top, which are its columns from the left"
          columns={[{ head: "Row" }, { head: "Model" }]}
          rows={names.map((name, at) => [String(at + 1), <Foreign text={name} max={80} />])}
        />
      </details>
    </>
  );
}
