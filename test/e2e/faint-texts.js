/** Runs in the page: texts whose contrast with the colour behind them is below 4.5 (WCAG AA), or 3 for large ones. */
;(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  if (canvas === null) throw new Error('no canvas')
  const over = (color, below) => {
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = `rgb(${below.join(' ')})`
    canvas.fillRect(0, 0, 1, 1)
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
  }
  const backOf = (element) => {
    if (element === null) return [255, 255, 255]
    return over(getComputedStyle(element).backgroundColor, backOf(element.parentElement))
  }
  const luminance = (color) => {
    const [r = 0, g = 0, b = 0] = color.map((part) => {
      const share = part / 255
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const faint = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement
    const text = node.textContent?.trim() ?? ''
    if (element === null || text === '' || element.getClientRects().length === 0) continue
    const style = getComputedStyle(element)
    const back = backOf(element)
    const [one, other] = [luminance(over(style.color, back)), luminance(back)]
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
    const isLarge =
      parseFloat(style.fontSize) >= 24 ||
      (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 600)
    if (contrast < (isLarge ? 3 : 4.5)) faint.push(`${text.slice(0, 40)}: ${contrast.toFixed(2)}`)
  }
  return [...new Set(faint)]
})()
